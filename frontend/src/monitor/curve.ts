/** The losses as lines to draw. Pure: no page, no clock. */
import type { Loss } from "./contract";

/** How much of the smoothed value is the one before: the mean of about the last 20 points. */
const INERTIA = 0.95;

/** Steps, then loss A and B as reported, then both smoothed: the columns of the chart. */
export type Columns = [number[], number[], number[], number[], number[]];

export function columnsOf(losses: readonly Loss[]): Columns {
  const a = losses.map((loss) => loss.a);
  const b = losses.map((loss) => loss.b);
  return [losses.map((loss) => loss.step), a, b, smoothed(a), smoothed(b)];
}

/**
 * A running mean that forgets. The first values count fully: without the correction the line would
 * begin near zero and seem to get worse.
 */
export function smoothed(values: readonly number[], inertia = INERTIA): number[] {
  let sum = 0;
  let weight = 0;
  return values.map((value) => {
    sum = inertia * sum + (1 - inertia) * value;
    weight = inertia * weight + (1 - inertia);
    return sum / weight;
  });
}

/** The losses known so far and newer ones; what is reported again for an older step is skipped. */
export function extended(known: readonly Loss[], newer: readonly Loss[]): readonly Loss[] {
  const last = known.at(-1)?.step ?? 0;
  const fresh = newer.filter((loss) => loss.step > last);
  return fresh.length ? [...known, ...fresh] : known;
}

/** Seconds until all steps are done at the present speed; null when that is not known. */
export function secondsLeft(run: {
  step: number;
  steps: number;
  batch_size: number;
  examples_per_second: number | null;
}): number | null {
  if (!run.examples_per_second) return null;
  // A step takes a batch of each side.
  return (Math.max(run.steps - run.step, 0) * 2 * run.batch_size) / run.examples_per_second;
}
