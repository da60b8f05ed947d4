/** Rows of one height that scroll with the page: which of them are on the screen. */
import {
  observeWindowOffset,
  observeWindowRect,
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
  /** Whether rows go by faster than anybody looks at them. */
  readonly isFlying: boolean;
  /** The rows on the screen: the first one, and the one behind the last. */
  readonly first: number;
  readonly end: number;
  readonly height: number;
  readonly reveal: (row: number, centred: boolean) => void;
}

/** Pixels a millisecond. */
const FLYING = 5;

/** How fast it scrolls, from one report of the place to the next. */
class Speed {
  #offset = 0;
  #at = 0;
  isFlying = false;

  report(offset: number, isScrolling: boolean): void {
    const now = performance.now();
    const speed = Math.abs(offset - this.#offset) / Math.max(1, now - this.#at);
    this.isFlying = isScrolling && speed > FLYING;
    [this.#offset, this.#at] = [offset, now];
  }
}

export function useVirtualRows({ count, height, margin, covered }: Rows): VirtualRows {
  const [, redraw] = useReducer((times: number) => times + 1, 0);
  const [speed] = useState(() => new Speed());
  const options = {
    count,
    estimateSize: () => height,
    scrollMargin: margin,
    scrollPaddingStart: covered.top,
    scrollPaddingEnd: covered.bottom,
    overscan: 0,
    getScrollElement: () => window,
    observeElementRect: observeWindowRect,
    observeElementOffset: observeWindowOffset,
    scrollToFn: windowScroll,
    initialOffset: () => window.scrollY,
    onChange: ({ scrollOffset, isScrolling }: Virtualizer<Window, HTMLElement>) => {
      speed.report(scrollOffset ?? 0, isScrolling);
      redraw(undefined);
    },
  };
  const [virtualizer] = useState(() => new Virtualizer<Window, HTMLElement>(options));
  virtualizer.setOptions(options);
  useLayoutEffect(() => virtualizer._didMount(), [virtualizer]);
  useLayoutEffect(() => virtualizer._willUpdate());
  // biome-ignore lint/correctness/useExhaustiveDependencies: all rows are of the new height
  useLayoutEffect(() => virtualizer.measure(), [virtualizer, height]);
  const items = virtualizer.getVirtualItems();
  return {
    isFlying: speed.isFlying,
    first: items[0]?.index ?? 0,
    end: (items.at(-1)?.index ?? -1) + 1,
    height: virtualizer.getTotalSize(),
    reveal: (row, centred) =>
      virtualizer.scrollToIndex(row, { align: centred ? "center" : "auto" }),
  };
}
