import { expect, test } from "vitest";
import { inUnits, Speed, secondsLeft } from "./tally";

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [2048, "2 KB"],
  [1_500_000, "1.4 MB"],
  [700 * 2 ** 20, "700 MB"],
  [20 * 2 ** 30, "20.0 GB"],
])("%d bytes are written %s", (bytes, written) => {
  expect(inUnits(bytes)).toBe(written);
});

test("the pace is that of the last ten seconds, and nobody guesses before there is one", () => {
  const speed = new Speed();
  speed.note(0, 0);
  expect(speed.bytesPerSecond).toBe(0);
  for (let second = 1; second <= 20; second++)
    speed.note(1000 * second, second < 10 ? 0 : 500 * second);
  expect(speed.bytesPerSecond).toBe(500);
  expect(secondsLeft({ files: 1, whole: 0, bytes: 20_000, sent: 10_000 }, 500)).toBe(20);
  speed.forget();
  expect(
    secondsLeft({ files: 1, whole: 0, bytes: 20_000, sent: 10_000 }, speed.bytesPerSecond),
  ).toBe(null);
});

test("a line on which nothing moves is noticed", () => {
  const speed = new Speed();
  speed.note(0, 5);
  speed.note(4000, 6);
  speed.note(9000, 6);
  expect(speed.stillSince).toBe(5000);
  speed.note(10_000, 7);
  expect(speed.stillSince).toBe(0);
});
