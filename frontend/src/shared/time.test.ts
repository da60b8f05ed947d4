import { expect, test } from "vitest";
import { fromNow } from "./time";

test("time to come in words", () => {
  expect(fromNow(3 * 86_400_000 + 5, "en")).toBe("in 3 days");
  expect(fromNow(26 * 3_600_000, "zh-Hans")).toBe("26 小时后");
  expect(fromNow(100 * 60_000, "en")).toBe("in 100 minutes");
});
