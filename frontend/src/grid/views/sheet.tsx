import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Setting } from "../core/contract";
import { FACT_KEYS } from "../core/facts";
import type { Grid } from "../grid";
import { listenToDrawing } from "../input/drawing";
import { cellId } from "./cell";
import type { Span } from "./drawn";
import { type Layout, layoutOf, positionAt } from "./layout";
import { Row, rowsOf } from "./row";
import { useDrawn } from "./use-drawn";
import { useVirtualRows } from "./virtual-rows";

/** Rows beyond the edges of the screen that are drawn before they come. */
const NEAR = 3;
const COVERED = { top: 136, bottom: 84 };

interface SheetProps {
  readonly grid: Grid;
  readonly setting: Setting;
}

/** The pictures themselves: a grid of rows of which only those near the screen are drawn. */
export function Sheet({ grid, setting }: SheetProps) {
  const root = useRef<HTMLDivElement>(null);
  const { layout, margin } = useLayoutOf(root);
  const total = grid.total.value ?? 0;
  const numRows = Math.ceil(total / layout.columns);
  const rows = useVirtualRows({ count: numRows, height: layout.row, margin, covered: COVERED });
  const near = { first: Math.max(0, rows.first - NEAR), end: Math.min(numRows, rows.end + NEAR) };
  const drawn = useDrawn(
    spanOf(rows, layout.columns, total),
    spanOf(near, layout.columns, total),
    layout.columns,
  );
  useWanted(grid, near.first, near.end - 1, layout.columns);
  useRevealed(grid, rows.reveal, layout.columns);
  usePointer(grid, root, layout);
  const { sort } = grid.question.value;
  const active = grid.active.value;
  return (
    // biome-ignore lint/a11y/useSemanticElements: rows that come and go are no table's
    <div
      ref={root}
      role="grid"
      class="sheet"
      id="sheet"
      tabIndex={0}
      aria-label={grid.messages.say("grid")}
      aria-describedby="grid-how"
      aria-multiselectable="true"
      aria-rowcount={numRows}
      aria-colcount={layout.columns}
      aria-activedescendant={total > 0 ? cellId(active) : undefined}
      style={{ height: `${rows.height}px` }}
      onKeyDown={(event) => onKey(grid, event, layout)}
    >
      {rowsOf(drawn, layout.columns).map(({ index, first, end }) => (
        <Row
          key={index}
          index={index}
          first={first}
          end={end}
          layout={layout}
          grid={grid}
          setting={setting}
          // Drawn anew when pictures come or are chosen.
          arrivals={grid.arrivals.value}
          selection={grid.selection.value}
          isFlying={rows.isFlying}
          active={first <= active && active < end ? active : null}
          fact={FACT_KEYS.find((key) => key === sort) ?? null}
        />
      ))}
    </div>
  );
}

/** The positions in these rows. */
function spanOf({ first, end }: Span, columns: number, total: number): Span {
  return { first: first * columns, end: Math.min(total, end * columns) };
}

/** The columns that fit and where the first row is, as the window is now. */
function useLayoutOf(root: { readonly current: HTMLElement | null }) {
  const [measured, measure] = useState({ layout: layoutOf(1), margin: 0 });
  useLayoutEffect(() => {
    const element = root.current;
    if (!element) return;
    const look = (): void => {
      const box = element.getBoundingClientRect();
      const layout = layoutOf(box.width);
      const margin = Math.round(box.top + window.scrollY);
      measure((before) =>
        before.margin === margin &&
        before.layout.side === layout.side &&
        before.layout.columns === layout.columns
          ? before
          : { layout, margin },
      );
    };
    look();
    const observer = new ResizeObserver(look);
    observer.observe(element);
    // What stands above may grow, such as the filters.
    observer.observe(document.body);
    return () => observer.disconnect();
  }, [root]);
  return measured;
}

/** Have what is on the screen; while it flies by, nothing is asked for. */
function useWanted(grid: Grid, first: number, last: number, columns: number): void {
  const total = grid.total.value;
  useEffect(() => {
    if (!total) return;
    const soon = setTimeout(() => grid.want(first * columns, (last + 1) * columns - 1), 60);
    return () => clearTimeout(soon);
  }, [grid, first, last, columns, total]);
}

function useRevealed(
  grid: Grid,
  reveal: (row: number, centred: boolean) => void,
  columns: number,
): void {
  const revealed = grid.revealed.value;
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each time it is asked
  useEffect(() => {
    if (revealed) reveal(Math.floor(revealed.position / columns), revealed.centred);
  }, [revealed]);
}

function usePointer(
  grid: Grid,
  root: { readonly current: HTMLElement | null },
  layout: Layout,
): void {
  const at = useCallback(
    (x: number, y: number): number => {
      const box = root.current?.getBoundingClientRect();
      const position = box ? positionAt(x - box.left, y - box.top, layout) : 0;
      return Math.min((grid.total.value ?? 1) - 1, position);
    },
    [grid, root, layout],
  );
  useEffect(() => {
    if (!root.current) return;
    return listenToDrawing(root.current, {
      positionAt: at,
      begin: (position) => grid.startRange(position),
      extend: (position) => void grid.chooseTo(position),
      tap: (_position, event) => onTap(grid, event),
    });
  }, [grid, root, at]);
}

function onTap(grid: Grid, event: PointerEvent): void {
  const target = event.target instanceof Element ? event.target : null;
  const cell = target?.closest<HTMLElement>("[data-position]");
  if (!cell) return;
  const position = Number(cell.dataset.position);
  const chooses = event.pointerType !== "mouse" && grid.num.value > 0;
  if (event.shiftKey) void grid.chooseTo(position);
  else if (chooses || event.ctrlKey || event.metaKey || target?.closest("[data-check]"))
    grid.toggle(position);
  else grid.view(position);
}

function onKey(grid: Grid, event: KeyboardEvent, { columns, row }: Layout): void {
  const { key, shiftKey } = event;
  const { active } = grid;
  const rows = Math.floor((window.innerHeight - COVERED.top - COVERED.bottom) / row);
  const shape = { total: grid.total.value ?? 0, columns, rows };
  if (event.altKey) return;
  if (event.ctrlKey || event.metaKey) {
    if (key.toLowerCase() !== "a") return;
    grid.chooseAll();
  } else if (key === " ") {
    if (shiftKey) void grid.chooseTo(active.value);
    else grid.toggle(active.value);
  } else if (key === "Enter") {
    grid.view(active.value);
  } else if (key === "Escape" && grid.num.value > 0) {
    grid.chooseNone();
  } else if (!grid.move(key, shape, shiftKey)) {
    return;
  }
  event.preventDefault();
}
