import { describe, expect, test } from "vitest";
import { REASONS } from "../core/reasons";
import { HeldReasons, type KeyPress, meaningOf } from "./keys";

function press(key: string, given: Partial<KeyPress> = {}): KeyPress {
  const code = /^[a-z]$/i.test(key) ? `Key${key.toUpperCase()}` : key;
  return {
    key,
    code,
    ctrlKey: false,
    metaKey: false,
    altKey: false,
    shiftKey: false,
    repeat: false,
    isComposing: false,
    keyCode: 0,
    ...given,
  };
}

const digit = (n: number, given: Partial<KeyPress> = {}) =>
  press(String(n), { code: `Digit${n}`, ...given });

const command = (given: KeyPress) => {
  const meaning = meaningOf(given);
  return meaning?.kind === "command" ? meaning.command : null;
};

describe("commands", () => {
  test.each([
    ["k", "keep"],
    ["K", "keep"],
    ["u", "unsure"],
    ["z", "undo"],
    ["m", "manual"],
    ["?", "help"],
    ["？", "help"],
    ["Enter", "confirm"],
    ["Escape", "cancel"],
    ["ArrowLeft", "back"],
    ["ArrowRight", "forward"],
    [" ", "zoom"],
  ])("%j means %s", (key, meaning) => {
    expect(command(press(key))).toBe(meaning);
  });

  test("letters go by what is printed on the key, else by its place", () => {
    expect(command(press("k", { code: "KeyV" }))).toBe("keep"); // Dvorak
    expect(command(press("л", { code: "KeyK" }))).toBe("keep"); // Russian
  });

  test("browser shortcuts stay the browser's, except undo", () => {
    expect(meaningOf(press("k", { ctrlKey: true }))).toBeNull();
    expect(meaningOf(press("k", { altKey: true }))).toBeNull();
    expect(command(press("z", { ctrlKey: true }))).toBe("undo");
    expect(command(press("z", { metaKey: true }))).toBe("undo");
    expect(meaningOf(press("z", { ctrlKey: true, shiftKey: true }))).toBeNull();
  });

  test("an input method's keys are not ours", () => {
    expect(meaningOf(press("k", { isComposing: true }))).toBeNull();
    expect(meaningOf(press("Process", { code: "KeyK", keyCode: 229 }))).toBeNull();
    expect(meaningOf(digit(1, { keyCode: 229 }))).toBeNull();
  });

  test("a key that is held votes once; arrows walk on", () => {
    expect(meaningOf(press("k", { repeat: true }))).toBeNull();
    expect(meaningOf(digit(3, { repeat: true }))).toBeNull();
    expect(meaningOf(press("z", { repeat: true }))).toBeNull();
    expect(command(press("ArrowRight", { repeat: true }))).toBe("forward");
  });
});

describe("reasons", () => {
  test("1 to 7 are the reasons in the manual's order, on both rows of digits", () => {
    for (const [index, reason] of REASONS.entries()) {
      const meant = { kind: "reason", reason, several: false };
      expect(meaningOf(digit(index + 1))).toEqual(meant);
      expect(meaningOf(digit(index + 1, { code: `Numpad${index + 1}` }))).toEqual(meant);
    }
    expect(meaningOf(digit(8))).toBeNull();
    expect(meaningOf(press("0", { code: "Digit0" }))).toBeNull();
  });

  test("Shift collects, whatever sign it types", () => {
    expect(meaningOf(press("#", { code: "Digit3", shiftKey: true }))).toEqual({
      kind: "reason",
      reason: "blurry",
      several: true,
    });
  });

  test("a number pad without NumLock walks instead", () => {
    expect(command(press("ArrowLeft", { code: "Numpad4" }))).toBe("back");
  });
});

describe("keys held together", () => {
  test("only the last one let go casts the vote", () => {
    const held = new HeldReasons();
    held.down("blurry");
    held.down("covered");
    expect(held.up("blurry")).toBe(false);
    expect(held.up("covered")).toBe(true);
    expect(held.up("covered")).toBe(false);
  });

  test("nothing is cast for keys that were down when the window lost the keyboard", () => {
    const held = new HeldReasons();
    held.down("blurry");
    expect(held.forget()).toBe(true);
    expect(held.up("blurry")).toBe(false);
    expect(held.forget()).toBe(false);
  });
});
