// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { confirmBeforeSubmit, submitOnlyOnce } from "./forms";
import { find, page } from "./page.fixture";

// Listeners sit on the document, once for all tests, as they do on a page.
confirmBeforeSubmit();
submitOnlyOnce();

/** Sends the form as a press on its button would; says whether the browser would go on. */
function submit(selector: string): boolean {
  const submitter = find<HTMLButtonElement>(`${selector} button`);
  return find(selector).dispatchEvent(
    new SubmitEvent("submit", { bubbles: true, cancelable: true, submitter }),
  );
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

test("a form with a question waits for the answer", () => {
  page('<form id="f" data-confirm="Withdraw it?"><button>Withdraw</button></form>');
  const sent = vi.fn();
  find<HTMLFormElement>("#f").requestSubmit = sent;
  expect(submit("#f")).toBe(false);
  const dialog = find<HTMLDialogElement>("dialog");
  expect(dialog.textContent).toContain("Withdraw it?");
  expect(sent).not.toHaveBeenCalled();
  dialog.close("yes");
  expect(sent).toHaveBeenCalledOnce();
  expect(document.querySelector("dialog")).toBeNull();
});

test("a no sends nothing, and the next press asks again", () => {
  page('<form id="f" data-confirm="Withdraw it?"><button>Withdraw</button></form>');
  submit("#f");
  find<HTMLDialogElement>("dialog").close();
  expect(submit("#f")).toBe(false);
  expect(document.querySelectorAll("dialog")).toHaveLength(1);
});

test("a second press sends nothing twice, until it has had its time", () => {
  page('<form id="f"><button>Save</button></form>');
  expect(submit("#f")).toBe(true);
  expect(find("#f button").getAttribute("aria-busy")).toBe("true");
  expect(submit("#f")).toBe(false);
  vi.advanceTimersByTime(9000);
  expect(find("#f button").hasAttribute("aria-busy")).toBe(false);
  expect(submit("#f")).toBe(true);
});
