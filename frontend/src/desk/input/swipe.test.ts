import { expect, test } from "vitest";
import { fitScale, swipeMeans, zoomScale } from "./swipe";

test("a swipe of more than a quarter counts, to either side", () => {
  expect(swipeMeans({ dx: 120, milliseconds: 600, width: 390 })).toBe("keep");
  expect(swipeMeans({ dx: -120, milliseconds: 600, width: 390 })).toBe("reject");
});

test("a slow short move means nothing, a quick flick does", () => {
  expect(swipeMeans({ dx: 60, milliseconds: 500, width: 390 })).toBeNull();
  expect(swipeMeans({ dx: 60, milliseconds: 80, width: 390 })).toBe("keep");
  expect(swipeMeans({ dx: 20, milliseconds: 5, width: 390 })).toBeNull();
});

test("a picture fits into its room, and a small one is at most doubled", () => {
  const room = { clientWidth: 1000, clientHeight: 600 };
  expect(fitScale(room, { naturalWidth: 2000, naturalHeight: 600 })).toBe(0.5);
  expect(fitScale(room, { naturalWidth: 100, naturalHeight: 100 })).toBe(2);
  expect(fitScale(room, { naturalWidth: 0, naturalHeight: 0 })).toBe(1);
});

test("zooming always enlarges: to its true size, or to twice the fitted one", () => {
  expect(zoomScale(0.4)).toBe(1);
  for (const fit of [0.1, 0.5, 0.6, 0.9, 1, 2]) expect(zoomScale(fit)).toBeGreaterThan(fit);
});
