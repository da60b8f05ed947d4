/** The cases in turn, and what was ruled on them here. No page, no network, no clock. */
import type { Vote } from "../desk/core/contract";
import type { Case } from "./contract";

export interface Docket {
  readonly cases: readonly Case[];
  /** Which image is before the judge; null when none of those that are known waits. */
  readonly at: number | null;
  readonly ruled: ReadonlyMap<number, Vote>;
  /** Images ruled on here, the newest last. */
  readonly steps: readonly number[];
}

export const EMPTY: Docket = { cases: [], at: null, ruled: new Map(), steps: [] };

export function opened(cases: readonly Case[]): Docket {
  return { ...EMPTY, cases, at: cases[0]?.image_id ?? null };
}

export function caseAt(docket: Docket): Case | null {
  return caseOf(docket, docket.at);
}

export function caseOf({ cases }: Docket, imageId: number | null): Case | null {
  return cases.find(({ image_id }) => image_id === imageId) ?? null;
}

/** The picture is settled; the next that waits comes, by number and then from the first. */
export function settled(docket: Docket, ruling: Vote): Docket {
  const { at } = docket;
  if (at === null) return docket;
  const ruled = new Map(docket.ruled).set(at, ruling);
  const steps = [...docket.steps.filter((id) => id !== at), at];
  return { ...docket, ruled, steps, at: nextOpen({ ...docket, ruled }) };
}

/** Back to the picture that was settled last; returns it too, null when there is none. */
export function undone(docket: Docket): [Docket, Case | null] {
  const last = docket.steps.at(-1) ?? null;
  const found = caseOf(docket, last);
  if (last === null || !found) return [docket, null];
  return [{ ...reopened(docket, last), at: last }, found];
}

/** What was ruled on it does not stand. */
export function reopened(docket: Docket, imageId: number): Docket {
  const ruled = new Map(docket.ruled);
  ruled.delete(imageId);
  return { ...docket, ruled, steps: docket.steps.filter((id) => id !== imageId) };
}

/** Other cases came ahead; those that are known stay as they are. */
export function joined(docket: Docket, more: readonly Case[]): Docket {
  const known = new Set(docket.cases.map(({ image_id }) => image_id));
  const cases = [...docket.cases, ...more.filter(({ image_id }) => !known.has(image_id))];
  if (cases.length === docket.cases.length) return docket;
  const grown = { ...docket, cases };
  return { ...grown, at: docket.at ?? nextOpen(grown) };
}

export function walked(docket: Docket, by: -1 | 1): Docket {
  const { cases } = docket;
  const index = cases.findIndex(({ image_id }) => image_id === docket.at);
  const next = cases[index === -1 ? (by < 0 ? cases.length - 1 : 0) : index + by];
  return next ? { ...docket, at: next.image_id } : docket;
}

/** Those behind the one in view that wait, nearest first: what is shown next. */
export function ahead({ cases, at, ruled }: Docket): Case[] {
  const index = cases.findIndex(({ image_id }) => image_id === at);
  const inTurn = [...cases.slice(index + 1), ...cases.slice(0, Math.max(index, 0))];
  return inTurn.filter(({ image_id, is_blind }) => !ruled.has(image_id) && !is_blind);
}

function nextOpen(docket: Docket): number | null {
  return ahead(docket)[0]?.image_id ?? null;
}
