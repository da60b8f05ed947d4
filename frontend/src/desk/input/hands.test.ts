// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { Moment } from "../core/moment";
import { watchHands } from "./hands";

test("the hand that acts next is known before the act", () => {
  const moment = new Moment();
  const stop = watchHands(moment);
  document.body.dispatchEvent(new Event("pointerdown", { bubbles: true }));
  expect(moment.hand).toBe("pointer");
  document.body.dispatchEvent(new Event("keydown", { bubbles: true }));
  expect(moment.hand).toBe("key");
  stop();
  document.body.dispatchEvent(new Event("pointerdown", { bubbles: true }));
  expect(moment.hand).toBe("key");
});
