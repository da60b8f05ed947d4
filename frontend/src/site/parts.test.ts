// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { find, page } from "./page.fixture";
import { closeMenusOnLeave, goToNumberOnKey, openDialogsOnClick } from "./parts";

// Listeners sit on the document, once for all tests, as they do on a page.
closeMenusOnLeave();
openDialogsOnClick();
goToNumberOnKey();

test("a menu closes on a click elsewhere and on Escape", () => {
  page('<details class="menu" open><summary>Me</summary></details><p>else</p>');
  find("p").click();
  expect(find<HTMLDetailsElement>("details").open).toBe(false);
  find<HTMLDetailsElement>("details").open = true;
  document.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape" }));
  expect(find<HTMLDetailsElement>("details").open).toBe(false);
});

test("a button opens the dialog that it names", () => {
  page('<button data-dialog="d">More</button><dialog id="d"><b data-dialog-close>x</b></dialog>');
  find("button").click();
  expect(find<HTMLDialogElement>("#d").open).toBe(true);
  find("[data-dialog-close]").click();
  expect(find<HTMLDialogElement>("#d").open).toBe(false);
});

function press(key: string, on: Element, given: KeyboardEventInit = {}): boolean {
  const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...given });
  return on.dispatchEvent(event);
}

test("g goes to the number's field, and is a letter where somebody types", () => {
  page("<input data-go-to><textarea></textarea>");
  press("g", find("textarea"));
  press("g", document.body, { ctrlKey: true });
  expect(document.activeElement).not.toBe(find("[data-go-to]"));
  expect(press("g", document.body)).toBe(false);
  expect(document.activeElement).toBe(find("[data-go-to]"));
  expect(press("g", find("[data-go-to]"))).toBe(true);
});

test("g is a letter like others where no number can be gone to", () => {
  page("<p>else</p>");
  expect(press("g", document.body)).toBe(true);
});
