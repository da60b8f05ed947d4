// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { tickAllAtOnce } from "./ticks";

function page(): { all: HTMLInputElement; boxes: HTMLInputElement[]; other: HTMLInputElement } {
  document.body.innerHTML = `<form>
    <label data-check-all="batch" hidden><input type="checkbox" id="all"></label>
    <input type="checkbox" name="batch" value="1"><input type="checkbox" name="batch" value="2">
    <input type="checkbox" name="people" value="1" id="other">
  </form>`;
  tickAllAtOnce();
  return {
    all: document.getElementById("all") as HTMLInputElement,
    boxes: [...document.querySelectorAll<HTMLInputElement>("[name=batch]")],
    other: document.getElementById("other") as HTMLInputElement,
  };
}

test("one box ticks all of a name and no others", () => {
  const { all, boxes, other } = page();
  expect(all.closest("label")?.hidden).toBe(false);
  all.click();
  expect(boxes.map((box) => box.checked)).toEqual([true, true]);
  expect(other.checked).toBe(false);
  all.click();
  expect(boxes.map((box) => box.checked)).toEqual([false, false]);
});

test("it is ticked while all are", () => {
  const { all, boxes } = page();
  for (const box of boxes) box.click();
  expect(all.checked).toBe(true);
  boxes[0]?.click();
  expect(all.checked).toBe(false);
});
