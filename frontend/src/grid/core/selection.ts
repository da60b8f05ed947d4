/**
 * What is chosen: single pictures by number, or all that are listed but some. Pure. It never asks
 * which pictures are loaded: of "all but three" only the three are known.
 */
export interface Selection {
  readonly all: boolean;
  /** The chosen ones; of `all`, those that are not. */
  readonly numbers: ReadonlySet<number>;
}

export const NOTHING: Selection = { all: false, numbers: new Set() };
export const ALL: Selection = { all: true, numbers: new Set() };

export function isChosen({ all, numbers }: Selection, number: number): boolean {
  return numbers.has(number) !== all;
}

export function numChosen({ all, numbers }: Selection, total: number): number {
  return all ? Math.max(0, total - numbers.size) : numbers.size;
}

export function toggled(selection: Selection, number: number): Selection {
  return withEach(selection, [number], !isChosen(selection, number));
}

/** The selection with these in it, or without them. */
export function withEach(
  { all, numbers }: Selection,
  which: Iterable<number>,
  chosen: boolean,
): Selection {
  const changed = new Set(numbers);
  for (const number of which) {
    if (chosen !== all) changed.add(number);
    else changed.delete(number);
  }
  return { all, numbers: changed };
}
