// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test } from "vitest";
import { listenToKeys } from "../shared/listen";
import { OwnKeys } from "../shared/own-keys";
import { MemoryStorage } from "../shared/storage.fixture";
import { letEnlarge } from "./closer";
import { pageActions } from "./keys";

let clicked: string[];
let storage: MemoryStorage;
let stop: () => void = () => undefined;

/** The page of practice, as the server writes it. */
function sit(): void {
  document.body.innerHTML = `
    <div><div data-stage><img src="" alt=""></div>
    <button data-act="zoom" aria-keyshortcuts="Space" aria-pressed="false" hidden>Enlarge</button></div>
    <button data-act="keep" aria-keyshortcuts="K">Keep <kbd hidden>K</kbd></button>
    <button data-act="blurry" aria-keyshortcuts="3"><kbd hidden>3</kbd> Blurry</button>
    <a href="#on" data-act="on" aria-keyshortcuts="Enter">Next picture <kbd hidden>Enter</kbd></a>`;
  for (const control of document.querySelectorAll<HTMLElement>("[data-act]")) {
    control.addEventListener("click", () => clicked.push(control.dataset.act ?? ""));
  }
  const actions = pageActions(document, new OwnKeys(storage, "7"));
  stop = listenToKeys({ actions: () => actions });
}

function press(key: string, given: KeyboardEventInit = {}): void {
  const code = /^\d$/.test(key) ? `Digit${key}` : `Key${key.toUpperCase()}`;
  const init = { key, code, bubbles: true, cancelable: true, ...given };
  document.body.dispatchEvent(new KeyboardEvent("keydown", init));
}

beforeEach(() => {
  clicked = [];
  storage = new MemoryStorage();
});

afterEach(() => stop());

test("the desk's keys press what the page offers", () => {
  sit();
  press("k");
  press("3");
  press("Enter", { code: "Enter" });
  press("4");
  expect(clicked).toEqual(["keep", "blurry", "on"]);
});

test("keys are shown where a script hears them, and nowhere else", () => {
  sit();
  const drawn = [...document.querySelectorAll("kbd")];
  expect(drawn.map((key) => [key.textContent, key.hidden])).toEqual([
    ["K", false],
    ["3", false],
    ["Enter", false],
  ]);
});

test("a key held down says nothing twice", () => {
  sit();
  press("k");
  press("k", { repeat: true });
  expect(clicked).toEqual(["keep"]);
});

test("who gave the desk a key of their own has it here, and the button shows it", () => {
  storage.setItem("winnow.keys.7", JSON.stringify({ keep: "J" }));
  sit();
  press("k");
  press("j");
  expect(clicked).toEqual(["keep"]);
  const keep = document.querySelector("[data-act=keep]");
  expect(keep?.getAttribute("aria-keyshortcuts")).toBe("J");
  expect(keep?.querySelector("kbd")?.textContent).toBe("J");
});

test("the picture is enlarged and whole again by a button that no page without a script shows", () => {
  sit();
  const stage = document.querySelector<HTMLElement>("[data-stage]");
  const button = document.querySelector<HTMLElement>("[data-act=zoom]");
  if (!stage || !button) throw new Error("the page has no stage");
  expect(button.hidden).toBe(true);
  letEnlarge(stage);
  stage.querySelector("img")?.dispatchEvent(new Event("load"));
  expect(button.hidden).toBe(false);
  press(" ", { code: "Space" });
  expect([stage.hasAttribute("data-large"), button.getAttribute("aria-pressed")]).toEqual([
    true,
    "true",
  ]);
  button.click();
  expect([stage.hasAttribute("data-large"), button.getAttribute("aria-pressed")]).toEqual([
    false,
    "false",
  ]);
});
