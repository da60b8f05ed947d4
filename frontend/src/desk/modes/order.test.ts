/**
 * What the order of pages does to whoever judges them, beside the order of a machine's hint.
 *
 * The judge is a model, not a person. Each picture has a fault of normal size; the hint is that
 * fault with noise as large as half of it. The judge sees the fault with a noise of their own and
 * rejects what lies above a bar, and the bar drifts: by `DRIFT` of how the last two pages differed
 * from what is usual, as in Helson's adaptation levels (Psychological Review 55, 1948). How strong
 * that is in people who judge photographs is not known to us; 0.5 is chosen to show it.
 */
import { describe, expect, test } from "vitest";
import { item, KEEP, opened, played } from "../core/batch.fixture";
import type { DeskItem } from "../core/contract";
import { pageOf } from "./page";

const PICTURES = 240;
const SIDE = 4;
const SEEDS = 1000;
const DRIFT = 0.5;
const OWN_NOISE = 0.3;
const HINT_NOISE = 0.5;
/** One in ten is to be rejected by a judge whose bar stays. */
const BAR = 1.3;
/** Beyond it lies one of twenty, if an order says nothing. */
const RARE = 1.96;

interface Picture {
  readonly fault: number;
  readonly seen: number;
  readonly hint: number;
}

/** Numbers from 0 to 1 by a seed (mulberry32), and normal ones made of them. */
function dice(seed: number) {
  let state = seed;
  const uniform = () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}

/** Sorted by their hints, the worst case of what ids and places in a batch could tell. */
function sortedByHint(seed: number): Picture[] {
  const normal = dice(seed);
  const all = Array.from({ length: PICTURES }, () => {
    const fault = normal();
    return { fault, seen: fault + OWN_NOISE * normal(), hint: fault + HINT_NOISE * normal() };
  });
  return all.sort((a, b) => b.hint - a.hint);
}

/** The places of pictures, from 0, in the order in which a person meets them page by page. */
function asThePagesCome(seed: string): number[] {
  const items = Array.from({ length: PICTURES }, (_, index) => item(index + 1));
  let session = opened(items);
  const met: DeskItem[] = [];
  for (;;) {
    const page = pageOf(session, { seed, count: SIDE ** 2 });
    if (page.items.length === 0) return met.map(({ position }) => position - 1);
    met.push(...page.items);
    const votes = page.items.map(({ id }) => ({ itemId: id, vote: KEEP }));
    session = played(session, { type: "votedTogether", votes });
  }
}

/** Which of `pictures` are rejected by one who meets them in `order`; in the order of `pictures`. */
function judged(pictures: readonly Picture[], order: readonly number[], drift: number): boolean[] {
  const rejected = pictures.map(() => false);
  const pages: number[] = [];
  for (let from = 0; from < order.length; from += SIDE ** 2) {
    const page = order.slice(from, from + SIDE ** 2);
    const bar = BAR + drift * mean(pages.slice(-2));
    for (const place of page) rejected[place] = (pictures[place]?.seen ?? 0) > bar;
    pages.push(mean(page.map((place) => pictures[place]?.fault ?? 0)));
  }
  return rejected;
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, each) => sum + each, 0) / Math.max(numbers.length, 1);
}

/** Rank correlation of an order with that of the hints, in its standard deviations. */
function rankCorrelation(order: readonly number[]): number {
  const count = order.length;
  const apart = order.reduce((sum, place, at) => sum + (place - at) ** 2, 0);
  return (1 - (6 * apart) / (count * (count ** 2 - 1))) * Math.sqrt(count - 1);
}

/** Wald and Wolfowitz: by how many standard deviations runs of strong and weak hints are too many. */
function runs(order: readonly number[]): number {
  const half = order.length / 2;
  const strong = order.map((place) => place < half);
  const found = 1 + strong.filter((each, at) => at > 0 && each !== strong[at - 1]).length;
  const variance = (half * (half - 1)) / (2 * half - 1);
  return (found - (half + 1)) / Math.sqrt(variance);
}

function differing(one: readonly boolean[], other: readonly boolean[]): number {
  return mean(one.map((each, at) => Number(each !== other[at])));
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

describe("the order of pages beside the order of hints", () => {
  const orders = Array.from({ length: SEEDS }, (_, seed) => asThePagesCome(`${seed} 3`));
  const byHint = Array.from({ length: PICTURES }, (_, place) => place);

  test.for([
    ["rank correlation", rankCorrelation],
    ["runs test", runs],
  ] as const)("%s: as often beyond chance as chance is", async ([name, measure], { annotate }) => {
    const found = orders.map(measure);
    const rare = mean(found.map((each) => Number(Math.abs(each) > RARE)));
    await annotate(`${name}: mean ${mean(found).toFixed(2)} sd, ${percent(rare)} beyond ${RARE}`);
    expect(Math.abs(mean(found))).toBeLessThan(3 / Math.sqrt(SEEDS));
    expect(rare).toBeLessThan(0.1);
    expect(Math.abs(measure(byHint))).toBeGreaterThan(10);
  });

  test("a judge whose bar drifts answers as with a bar that stays, and not if sorted", async ({
    annotate,
  }) => {
    const shares = orders.map((order, seed) => {
      const pictures = sortedByHint(seed + 1);
      const steady = judged(pictures, byHint, 0);
      const sorted = judged(pictures, byHint, DRIFT);
      const paged = judged(pictures, order, DRIFT);
      return {
        sorted: differing(steady, sorted),
        paged: differing(steady, paged),
        between: differing(sorted, paged),
        fewer: mean(sorted.map(Number)) / mean(steady.map(Number)),
        asMany: mean(paged.map(Number)) / mean(steady.map(Number)),
      };
    });
    const of = (key: "sorted" | "paged" | "between" | "fewer" | "asMany") =>
      mean(shares.map((each) => each[key]));
    await annotate(
      `other answers: sorted ${percent(of("sorted"))}, pages ${percent(of("paged"))}, ` +
        `between both ${percent(of("between"))}; rejected of what a steady bar rejects: ` +
        `sorted ${percent(of("fewer"))}, pages ${percent(of("asMany"))}`,
    );
    expect(of("paged")).toBeLessThan(of("sorted") / 2);
    expect(of("asMany")).toBeCloseTo(1, 1);
    expect(of("fewer")).toBeLessThan(0.9);
  });
});
