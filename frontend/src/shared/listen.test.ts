// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Action } from "./actions";
import { listenToKeys } from "./listen";

let done: string[];
let stop: () => void;

function action(id: string, key: string, given: Partial<Action> = {}): Action {
  return { id, label: id, keys: [key], enabled: true, perform: () => done.push(id), ...given };
}

function reason(id: string, key: string): Action {
  const together = {
    down: () => done.push(`${id} down`),
    released: () => done.push("released"),
    lost: () => done.push("lost"),
  };
  return action(id, key, { collect: () => done.push(`${id} collected`), together });
}

const ACTIONS = [
  action("keep", "K"),
  action("undo", "Z", { enabled: false, explain: () => done.push("nothing to undo") }),
  action("confirm", "Enter"),
  action("zoom", "Space"),
  reason("blurry", "3"),
  reason("covered", "4"),
];

function key(type: "keydown" | "keyup", name: string, given: KeyboardEventInit = {}): boolean {
  const code = /^\d$/.test(name) ? `Digit${name}` : name;
  const event = new KeyboardEvent(type, {
    key: name,
    code,
    bubbles: true,
    cancelable: true,
    ...given,
  });
  return !(document.activeElement ?? document.body).dispatchEvent(event);
}

function focusOn(html: string): void {
  document.body.innerHTML = html;
  document.querySelector<HTMLElement>("body > *")?.focus();
}

beforeEach(() => {
  done = [];
  document.body.innerHTML = "";
  stop = listenToKeys({ actions: () => ACTIONS });
});

afterEach(() => stop());

test("a key performs its action and is taken from the browser", () => {
  expect(key("keydown", "k")).toBe(true);
  expect(key("keydown", "x")).toBe(false);
  expect(done).toEqual(["keep"]);
});

test("what cannot be done now says why", () => {
  key("keydown", "z");
  expect(done).toEqual(["nothing to undo"]);
});

test("keys typed into a field are the field's; a checkbox types nothing", () => {
  focusOn("<input>");
  expect(key("keydown", "k")).toBe(false);
  expect(done).toEqual([]);
  focusOn('<input type="checkbox">');
  key("keydown", "k");
  expect(done).toEqual(["keep"]);
});

test("a focused button keeps its own Enter and Space, and nothing else", () => {
  focusOn("<button>Close</button>");
  key("keydown", "Enter");
  key("keydown", " ");
  key("keydown", "k");
  expect(done).toEqual(["keep"]);
});

test("while a dialog is open nothing is heard, unless the page says otherwise", () => {
  document.body.innerHTML = "<dialog open></dialog>";
  key("keydown", "k");
  expect(done).toEqual([]);
  stop();
  stop = listenToKeys({ actions: () => ACTIONS, takes: ({ id }) => id === "keep" });
  key("keydown", "k");
  key("keydown", "Enter");
  expect(done).toEqual(["keep"]);
});

test("when nobody listens any more nothing is heard", () => {
  stop();
  key("keydown", "k");
  expect(done).toEqual([]);
});

describe("keys held together", () => {
  test("count as one, cast when the last of them is let go", () => {
    key("keydown", "3");
    key("keydown", "4");
    key("keyup", "3");
    expect(done).toEqual(["blurry down", "covered down"]);
    key("keyup", "4");
    expect(done.at(-1)).toBe("released");
    key("keyup", "4");
    expect(done.filter((each) => each === "released")).toHaveLength(1);
  });

  test("are lost with the window, and let go only once", () => {
    key("keydown", "3");
    window.dispatchEvent(new Event("blur"));
    key("keyup", "3");
    window.dispatchEvent(new Event("blur"));
    expect(done).toEqual(["blurry down", "lost"]);
  });

  test("with Shift each is collected instead", () => {
    key("keydown", "#", { code: "Digit3", shiftKey: true });
    key("keyup", "#", { code: "Digit3", shiftKey: true });
    expect(done).toEqual(["blurry collected"]);
  });
});
