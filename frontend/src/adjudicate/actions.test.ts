// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { messagesFor } from "../shared/messages";
import { listenForRulings } from "./actions";

const REASONS = ["subject_absent", "other_face", "blurry", "covered", "drawn"];

let sent: string[];
let followed: string[];
let stop: () => void;

/** The page of a contested picture, as the server writes it. */
function sit(): void {
  const boxes = REASONS.map((reason) => `<input type="checkbox" name="reasons" value="${reason}">`);
  document.body.innerHTML = `<a rel="prev" href="#1">1</a><a rel="next" href="#3">3</a>
    <form id="ruling"><button name="verdict" value="keep">Keep</button>${boxes.join("")}
    <input name="note"><button name="verdict" value="reject">Reject</button></form>`;
  const form = document.querySelector("form") as HTMLFormElement;
  form.requestSubmit = (button) => {
    const { value } = button as HTMLButtonElement;
    sent.push([value, ...ticked()].join(" "));
  };
  for (const link of document.querySelectorAll("a")) {
    link.addEventListener("click", () => followed.push(link.rel));
  }
}

const ticked = () =>
  [...document.querySelectorAll<HTMLInputElement>("input:checked")].map((box) => box.value);

function press(key: string, given: KeyboardEventInit = {}, on: Element = document.body): boolean {
  const code = /^\d$/.test(key) ? `Digit${key}` : key;
  const event = new KeyboardEvent("keydown", {
    key,
    code,
    bubbles: true,
    cancelable: true,
    ...given,
  });
  return !on.dispatchEvent(event);
}

beforeEach(() => {
  sent = [];
  followed = [];
  sit();
  stop = listenForRulings(document, messagesFor("en"));
});

afterEach(() => stop());

describe("the desk's keys", () => {
  test("K keeps", () => {
    expect(press("k")).toBe(true);
    expect(sent).toEqual(["keep"]);
  });

  test("a number alone rejects for its reason", () => {
    press("3");
    expect(sent).toEqual(["reject blurry"]);
  });

  test("Shift collects several until Enter, Escape lets go of them", () => {
    press("!", { code: "Digit1", shiftKey: true });
    press("5");
    expect(ticked()).toEqual(["subject_absent", "drawn"]);
    press("Escape");
    press("Enter");
    expect(sent).toEqual([]);
    press("@", { code: "Digit2", shiftKey: true });
    press("Enter");
    expect(sent).toEqual(["reject other_face"]);
  });

  test("are told at the controls that they stand for", () => {
    const shortcuts = [...document.querySelectorAll("[aria-keyshortcuts]")].map((control) =>
      control.getAttribute("aria-keyshortcuts"),
    );
    expect(shortcuts).toEqual(["ArrowLeft", "ArrowRight", "K", "1", "2", "3", "4", "5", "Enter"]);
  });

  test("arrows lead to the others that wait", () => {
    press("ArrowRight");
    press("ArrowLeft");
    expect(followed).toEqual(["next", "prev"]);
  });

  test("a note is typed, not obeyed", () => {
    const note = document.querySelector("input[name=note]") as Element;
    expect(press("k", {}, note)).toBe(false);
    press("1", {}, note);
    expect(sent).toEqual([]);
  });

  test("where nothing can be settled the arrows still work", () => {
    document.querySelector("form")?.remove();
    press("k");
    press("1");
    press("ArrowRight");
    expect(sent).toEqual([]);
    expect(followed).toEqual(["next"]);
  });
});
