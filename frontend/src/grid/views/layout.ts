/** How many columns fit, and how large their cells are. Pure. */
export interface Layout {
  readonly columns: number;
  /** The side of a picture. */
  readonly side: number;
  /** From one row to the next. */
  readonly row: number;
  readonly gap: number;
}

const NARROW = 640;
const LEAST_SIDE = 136;
const CAPTION = 26;

export function layoutOf(width: number): Layout {
  const isNarrow = width < NARROW;
  const gap = isNarrow ? 4 : 10;
  const columns = isNarrow ? 3 : Math.max(3, Math.floor((width + gap) / (LEAST_SIDE + gap)));
  const side = Math.max(1, Math.floor((width - gap * (columns - 1)) / columns));
  return { columns, side, row: side + CAPTION + gap, gap };
}

/** The position under a point, counted from the grid's own corner; the nearest one in its rows. */
export function positionAt(x: number, y: number, { columns, side, row, gap }: Layout): number {
  const column = Math.min(columns - 1, Math.max(0, Math.floor(x / (side + gap))));
  return Math.max(0, Math.floor(y / row)) * columns + column;
}
