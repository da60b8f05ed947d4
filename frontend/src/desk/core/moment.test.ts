import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Moment } from "./moment";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function after(milliseconds: number, hand: Moment["hand"]): boolean {
  const moment = new Moment();
  moment.begin();
  moment.hand = hand;
  vi.advanceTimersByTime(milliseconds);
  return moment.isOver();
}

test("a double click is meant for the picture before", () => {
  for (const gap of [20, 60, 120, 250]) expect(after(gap, "pointer"), `${gap} ms`).toBe(false);
  expect(after(350, "pointer")).toBe(true);
});

test("a key that bounces is meant for the picture before, five pictures a second are not", () => {
  for (const gap of [5, 20, 50, 80]) expect(after(gap, "key"), `${gap} ms`).toBe(false);
  expect(after(180, "key")).toBe(true);
});

test("before any picture was shown there is nothing to wait for", () => {
  expect(new Moment().isOver()).toBe(true);
});
