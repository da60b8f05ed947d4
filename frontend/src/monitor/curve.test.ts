import { expect, test } from "vitest";
import { columnsOf, extended, secondsLeft, smoothed } from "./curve";
import { aRun, loss } from "./run.fixture";

test("steps that a restarted trainer reports again do not fold the curve back", () => {
  const known = [loss(1), loss(2), loss(3)];
  expect(extended(known, [loss(2), loss(3), loss(4)]).map((one) => one.step)).toEqual([1, 2, 3, 4]);
  expect(extended(known, [loss(2)])).toBe(known);
});

test("smoothing begins at the first value and forgets slowly", () => {
  expect(smoothed([4])[0]).toBeCloseTo(4);
  const steady = smoothed(Array.from({ length: 50 }, () => 2));
  for (const value of steady) expect(value).toBeCloseTo(2);
  const dropped = smoothed([...Array.from({ length: 50 }, () => 2), 0]);
  expect(dropped.at(-1)).toBeGreaterThan(1.8);
});

test("every column is as long as there are losses", () => {
  for (const column of columnsOf([loss(1), loss(2)])) expect(column).toHaveLength(2);
});

test("the time left counts the faces of both sides", () => {
  expect(secondsLeft(aRun({ step: 100 }))).toBe(100);
  expect(secondsLeft(aRun({ examples_per_second: null }))).toBeNull();
  expect(secondsLeft(aRun({ step: 200 }))).toBe(0);
});
