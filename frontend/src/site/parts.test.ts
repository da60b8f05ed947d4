// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { find, page } from "./page.fixture";
import { closeMenusOnLeave, openDialogsOnClick } from "./parts";

// Listeners sit on the document, once for all tests, as they do on a page.
closeMenusOnLeave();
openDialogsOnClick();

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
