import { describe, expect, test } from "vitest";
import { type KeyPress, namesOf, signOf } from "./keys";
import { digit, press } from "./keys.fixture";

const surest = (given: KeyPress) => namesOf(given)[0];

test("letters go by what is printed on the key, else by its place", () => {
  expect(namesOf(press("k", { code: "KeyV" }))).toContain("K"); // Dvorak
  expect(namesOf(press("k", { code: "KeyV" }))).not.toContain("V");
  expect(namesOf(press("л", { code: "KeyK" }))).toContain("K"); // Russian
});

test("a sign is surer than the place of its key", () => {
  expect(namesOf(press("?", { code: "KeyM", shiftKey: true }))).toEqual(["?", "M"]); // French
});

test("browser shortcuts have names of their own, and none with Alt or Shift", () => {
  expect(namesOf(press("z", { ctrlKey: true }))).toEqual(["Control+Z"]);
  expect(namesOf(press("z", { metaKey: true }))).toEqual(["Meta+Z"]);
  expect(namesOf(press("z", { ctrlKey: true, shiftKey: true }))).toEqual([]);
  expect(namesOf(press("k", { altKey: true }))).toEqual([]);
});

test("keys of a text being composed are not ours", () => {
  expect(namesOf(press("k", { isComposing: true }))).toEqual([]);
  expect(namesOf(press("Process", { code: "KeyK", isComposing: true }))).toEqual([]);
});

test("with an input method on and nothing being typed, keys go by their place", () => {
  expect(namesOf(press("Process", { code: "KeyK" }))).toContain("K");
  expect(namesOf(press("Process", { code: "Digit1" }))).toEqual(["1"]);
  for (const code of ["ArrowLeft", "Enter", "Escape", "Space"])
    expect(surest(press("Process", { code }))).toBe(code);
  expect(surest(press("Unidentified", { code: "NumpadEnter" }))).toBe("Enter");
});

describe("digits", () => {
  test("go by their place, on both rows, whatever Shift types", () => {
    expect(namesOf(digit(3))).toEqual(["3"]);
    expect(namesOf(digit(3, { code: "Numpad3" }))).toEqual(["3"]);
    expect(namesOf(press("#", { code: "Digit3", shiftKey: true }))).toEqual(["3"]);
  });

  test("a number pad without NumLock types arrows", () => {
    expect(surest(press("ArrowLeft", { code: "Numpad4" }))).toBe("ArrowLeft");
  });
});

test("keys are drawn as they look", () => {
  expect(["ArrowLeft", "K", "Space"].map(signOf)).toEqual(["←", "K", "Space"]);
});
