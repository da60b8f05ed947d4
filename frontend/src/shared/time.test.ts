import { expect, test } from "vitest";
import { fromNow, moment } from "./time";

test("time to come in words", () => {
  expect(fromNow(3 * 86_400_000 + 5, "en")).toBe("in 3 days");
  expect(fromNow(26 * 3_600_000, "zh-Hans")).toBe("26 小时后");
  expect(fromNow(100 * 60_000, "en")).toBe("in 100 minutes");
});

test("a day with its time", () => {
  expect(moment("2026-11-25T18:54:00", "en")).toBe("25 Nov 2026, 18:54");
  expect(moment("2026-11-25T18:54:00", "zh-Hans")).toBe("2026 年 11 月 25 日 18:54");
});
