/** Rows of one height that scroll with the page, of which only those near the screen exist. */
import {
  observeWindowOffset,
  observeWindowRect,
  type VirtualItem,
  Virtualizer,
  windowScroll,
} from "@tanstack/virtual-core";
import { useLayoutEffect, useReducer, useState } from "preact/hooks";

interface Rows {
  readonly count: number;
  readonly height: number;
  /** From the top of the page to the first row. */
  readonly margin: number;
  /** What lies over the list at the top and the bottom of the screen. */
  readonly covered: { readonly top: number; readonly bottom: number };
}

export interface VirtualRows {
  readonly items: readonly VirtualItem[];
  readonly height: number;
  readonly reveal: (row: number, centred: boolean) => void;
}

const OVERSCAN = 3;

export function useVirtualRows({ count, height, margin, covered }: Rows): VirtualRows {
  const [, redraw] = useReducer((times: number) => times + 1, 0);
  const options = {
    count,
    estimateSize: () => height,
    scrollMargin: margin,
    scrollPaddingStart: covered.top,
    scrollPaddingEnd: covered.bottom,
    overscan: OVERSCAN,
    getScrollElement: () => window,
    observeElementRect: observeWindowRect,
    observeElementOffset: observeWindowOffset,
    scrollToFn: windowScroll,
    initialOffset: () => window.scrollY,
    onChange: () => redraw(undefined),
  };
  const [virtualizer] = useState(() => new Virtualizer<Window, HTMLElement>(options));
  virtualizer.setOptions(options);
  useLayoutEffect(() => virtualizer._didMount(), [virtualizer]);
  useLayoutEffect(() => virtualizer._willUpdate());
  // biome-ignore lint/correctness/useExhaustiveDependencies: all rows are of the new height
  useLayoutEffect(() => virtualizer.measure(), [virtualizer, height]);
  return {
    items: virtualizer.getVirtualItems(),
    height: virtualizer.getTotalSize(),
    reveal: (row, centred) =>
      virtualizer.scrollToIndex(row, { align: centred ? "center" : "auto" }),
  };
}
