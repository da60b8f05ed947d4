import { expect, test } from "vitest";
import { swipeMeans } from "./swipe";

test("a swipe of more than a quarter counts, to either side", () => {
  expect(swipeMeans({ dx: 120, milliseconds: 600, width: 390 })).toBe("keep");
  expect(swipeMeans({ dx: -120, milliseconds: 600, width: 390 })).toBe("reject");
});

test("a slow short move means nothing, a quick flick does", () => {
  expect(swipeMeans({ dx: 60, milliseconds: 500, width: 390 })).toBeNull();
  expect(swipeMeans({ dx: 60, milliseconds: 80, width: 390 })).toBe("keep");
  expect(swipeMeans({ dx: 20, milliseconds: 5, width: 390 })).toBeNull();
});
