import { expect, test } from "vitest";
import { type Action, actionFor, shortcutsOf, signFor } from "./actions";
import { digit, press } from "./keys.fixture";
import { OwnKeys } from "./own-keys";
import { MemoryStorage } from "./storage.fixture";

const action = (id: string, ...keys: string[]): Action => ({
  id,
  label: id,
  keys,
  enabled: true,
  perform: () => undefined,
});

function desk(storage: Storage | null = new MemoryStorage()) {
  const keys = new OwnKeys(storage, "7");
  const all = [action("keep", "K"), action("undo", "Z", "Control+Z"), action("confirm", "Enter")];
  return { keys, all: all.map((each) => keys.giveTo(each)) };
}

test("another key does it, its button shows it, the old one does nothing", () => {
  const { keys, all } = desk();
  expect(keys.take("keep", press("j"), all)).toEqual({ kind: "taken" });
  expect(actionFor(all, press("j"))?.id).toBe("keep");
  expect(actionFor(all, press("k"))).toBeNull();
  const [keep] = all;
  expect(keep && [signFor(keep), shortcutsOf(keep)["aria-keyshortcuts"]]).toEqual(["J", "J"]);
});

test("the browser's own undo stays", () => {
  const { keys, all } = desk();
  keys.take("undo", press("Backspace"), all);
  expect(actionFor(all, press("z", { ctrlKey: true }))?.id).toBe("undo");
});

test("a key that another action has is named and not taken", () => {
  const { keys, all } = desk();
  expect(keys.take("keep", press("z"), all)).toMatchObject({ kind: "clash", with: { id: "undo" } });
  expect(keys.changed.value).toEqual({});
  expect(keys.take("keep", press("k"), all)).toEqual({ kind: "taken" });
});

test.each([
  press("Enter"),
  press("Escape"),
  press("Tab"),
  press("?", { code: "KeyM", shiftKey: true }),
  press("Shift", { code: "ShiftLeft" }),
  press("k", { ctrlKey: true }),
  press("k", { isComposing: true }),
])("%j can be no action's", (given) => {
  const { keys, all } = desk();
  expect(keys.take("keep", given, all)).toEqual({ kind: "unfit" });
});

test("arrows and letters under any keyboard can", () => {
  const { keys, all } = desk();
  const given = [press("ArrowUp"), press("л", { code: "KeyK" }), press("ф", { code: "KeyA" })];
  const taken = given.map((one) => {
    keys.take("keep", one, all);
    return keys.changed.value.keep;
  });
  expect(taken).toEqual(["ArrowUp", "K", "A"]);
});

test("they outlive the tab, belong to the person, and can be put back", () => {
  const storage = new MemoryStorage();
  const { keys, all } = desk(storage);
  keys.take("keep", press("j"), all);
  expect(new OwnKeys(storage, "7").changed.value).toEqual({ keep: "J" });
  expect(new OwnKeys(storage, "8").changed.value).toEqual({});
  keys.reset(all);
  expect(new OwnKeys(storage, "7").changed.value).toEqual({});
  expect(actionFor(all, press("k"))?.id).toBe("keep");
});

test("digits are the reasons' alone", () => {
  const { keys, all } = desk();
  const blurry = keys.giveTo(action("blurry", "3"));
  expect(keys.take("keep", digit(9), [...all, blurry])).toEqual({ kind: "unfit" });
  expect(keys.take("blurry", digit(9), [...all, blurry])).toEqual({ kind: "taken" });
});

test("a kept key gives way to the action that has it as its usual one", () => {
  const storage = new MemoryStorage();
  storage.setItem("winnow.keys.7", JSON.stringify({ keep: "3", undo: "D" }));
  const { keys, all } = desk(storage);
  const later = [action("blurry", "3"), action("distinct", "D")].map((each) => keys.giveTo(each));
  const here = [...all, ...later];
  const means = ["k", "z", "d"].map((name) => actionFor(here, press(name))?.id);
  expect(means).toEqual(["keep", "undo", "distinct"]);
  expect(actionFor(here, digit(3))?.id).toBe("blurry");
});

test("two actions change keys; when one has to give its new one back, so has the other", () => {
  const storage = new MemoryStorage();
  const { keys, all } = desk(storage);
  keys.take("undo", press("b"), all);
  keys.take("keep", press("z"), all);
  expect(actionFor(all, press("z"))?.id).toBe("keep");
  const burst = keys.giveTo(action("burst", "B"));
  const means = ["b", "z", "k"].map((name) => actionFor([...all, burst], press(name))?.id);
  expect(means).toEqual(["burst", "undo", "keep"]);
});

test("what another tab has changed meanwhile stays, and is not taken twice", () => {
  const storage = new MemoryStorage();
  const [here, there] = [desk(storage), desk(storage)];
  here.keys.take("keep", press("j"), here.all);
  expect(there.keys.take("undo", press("j"), there.all)).toMatchObject({ kind: "clash" });
  there.keys.take("undo", press("x"), there.all);
  expect(new OwnKeys(storage, "7").changed.value).toEqual({ keep: "J", undo: "X" });
});

test("a key that means something in another room is not taken, unless it was changed there", () => {
  const storage = new MemoryStorage();
  const { keys, all } = desk(storage);
  keys.reserve({ way: ["W"], larger: ["+", "="] });
  expect(keys.take("keep", press("w"), all)).toEqual({ kind: "elsewhere", key: "W" });
  expect(keys.take("keep", press("="), all)).toEqual({ kind: "elsewhere", key: "=" });
  storage.setItem("winnow.keys.7", JSON.stringify({ way: "X" }));
  expect(keys.take("keep", press("x"), all)).toEqual({ kind: "elsewhere", key: "X" });
  expect(keys.take("keep", press("w"), all)).toEqual({ kind: "taken" });
  keys.reset(all);
  expect(new OwnKeys(storage, "7").changed.value).toEqual({ way: "X" });
  expect([keys.haveChanged(all), actionFor(all, press("k"))?.id]).toEqual([false, "keep"]);
});
