import { expect, test } from "vitest";
import { MANUAL } from "./manual.fixture";
import { inOrder, titleOf } from "./reasons";

test("reasons stand once each in the order of the manual that came, whatever that is", () => {
  expect(inOrder(MANUAL.reasons, ["drawn", "blurry", "drawn"])).toEqual(["blurry", "drawn"]);
  const backwards = MANUAL.reasons.toReversed();
  expect(inOrder(backwards, ["blurry", "drawn"])).toEqual(["drawn", "blurry"]);
});

test("a reason has the manual's title, and its code where the manual does not know it", () => {
  expect(titleOf(MANUAL.reasons, "covered")).toBe("Face covered");
  expect(titleOf([], "covered")).toBe("covered");
});
