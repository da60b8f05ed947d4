/** Where a key leads in a grid of so many columns. Pure; positions count from 0. */
export interface Shape {
  readonly total: number;
  readonly columns: number;
  /** Whole rows that are on the screen. */
  readonly rows: number;
}

export function moved(key: string, from: number, { total, columns, rows }: Shape): number | null {
  const to = target(key, from, columns, Math.max(1, rows) * columns);
  if (to === null || total === 0) return null;
  return Math.min(total - 1, Math.max(0, to(total)));
}

function target(
  key: string,
  from: number,
  columns: number,
  page: number,
): ((total: number) => number) | null {
  switch (key) {
    case "ArrowLeft":
      return () => from - 1;
    case "ArrowRight":
      return () => from + 1;
    case "ArrowUp":
      return () => (from < columns ? from : from - columns);
    case "ArrowDown":
      // Below the last whole row there may be a shorter one.
      return (total) => (hasRowBelow(from, columns, total) ? from + columns : from);
    case "PageUp":
      return () => (from < page ? from % columns : from - page);
    case "PageDown":
      return () => from + page;
    case "Home":
      return () => 0;
    case "End":
      return (total) => total - 1;
    default:
      return null;
  }
}

function hasRowBelow(from: number, columns: number, total: number): boolean {
  return Math.floor(from / columns) < Math.floor((total - 1) / columns);
}
