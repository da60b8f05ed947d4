// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { messagesFor } from "../shared/messages";
import { listenToGroups } from "./actions";

let sent: string[];
let stop: () => void;

const group = (numbers: number[]) =>
  `<form data-group tabindex="-1">${numbers
    .map((number, i) => `<input type="radio" name="best" value="${number}"${i ? "" : " checked"}>`)
    .join("")}
    <button data-keep>Keep</button><button data-distinct>Distinct</button></form>`;

/** The page of duplicates, as the server writes it. */
function sit(): void {
  document.body.innerHTML = `<form><button data-undo>Undo</button></form>
    ${group([12, 13, 14])}${group([20, 25])}`;
  for (const form of document.querySelectorAll("form")) {
    form.scrollIntoView = () => undefined;
    form.requestSubmit = (button) => {
      const best = form.querySelector<HTMLInputElement>("input:checked")?.value;
      sent.push([button?.textContent, best].filter(Boolean).join(" "));
    };
  }
}

function press(key: string, on: Element = document.body): boolean {
  const code = /^\d$/.test(key) ? `Digit${key}` : key;
  return !on.dispatchEvent(
    new KeyboardEvent("keydown", { key, code, bubbles: true, cancelable: true }),
  );
}

beforeEach(() => {
  sent = [];
  sit();
  stop = listenToGroups(document, messagesFor("en"));
});

afterEach(() => stop());

describe("the keys of the page of duplicates", () => {
  test("K keeps what is suggested of the first group", () => {
    expect(press("k")).toBe(true);
    expect(sent).toEqual(["Keep 12"]);
  });

  test("a number chooses another, K keeps it", () => {
    press("3");
    expect(sent).toEqual([]);
    press("k");
    expect(sent).toEqual(["Keep 14"]);
  });

  test("D says that all are distinct", () => {
    press("d");
    expect(sent).toEqual(["Distinct 12"]);
  });

  test("arrows lead to other groups and not beyond the last", () => {
    press("ArrowRight");
    press("ArrowRight");
    press("k");
    press("ArrowLeft");
    press("k");
    expect(sent).toEqual(["Keep 20", "Keep 12"]);
  });

  test("a group that is touched is current", () => {
    const radio = document.querySelector<HTMLInputElement>("input[value='25']");
    radio?.dispatchEvent(new Event("focusin", { bubbles: true }));
    press("2");
    press("k");
    expect(sent).toEqual(["Keep 25"]);
  });

  test("U undoes what was done last", () => {
    press("u");
    expect(sent).toEqual(["Undo"]);
  });

  test("the buttons of the current group say their keys", () => {
    const keep = document.querySelector("button[data-keep]");
    expect(keep?.getAttribute("aria-keyshortcuts")).toBe("K");
  });
});
