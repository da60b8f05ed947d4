import { describe, expect, test, vi } from "vitest";
import { type Action, actionFor, buttonOf, helpRows } from "./actions";
import { press } from "./keys.fixture";

function action(id: string, given: Partial<Action> = {}): Action {
  return { id, label: id, keys: [], enabled: true, perform: () => undefined, ...given };
}

describe("the action that a press means", () => {
  const confirm = action("confirm", { keys: ["Enter"], enabled: false });
  const resume = action("resume", { keys: ["Enter"] });
  const walk = action("walk", { keys: ["ArrowRight"], repeats: true });

  test("is the one that can be done now, of those that share the key", () => {
    expect(actionFor([confirm, resume], press("Enter"))).toBe(resume);
    expect(actionFor([confirm], press("Enter"))).toBe(confirm);
    expect(actionFor([confirm, resume], press("Escape"))).toBeNull();
  });

  test("is done once while the key is held down, unless it walks", () => {
    expect(actionFor([resume], press("Enter", { repeat: true }))).toBeNull();
    expect(actionFor([walk], press("ArrowRight", { repeat: true }))).toBe(walk);
  });
});

test("a button says and does what its action does", () => {
  const perform = vi.fn();
  const undo = action("undo", { keys: ["Z", "Control+Z"], enabled: false, pressed: true, perform });
  const button = buttonOf(undo);
  expect(button).toMatchObject({
    disabled: true,
    "aria-keyshortcuts": "Z Control+Z",
    "aria-pressed": true,
  });
  button.onClick();
  expect(perform).toHaveBeenCalledOnce();
  expect(buttonOf(action("people"))).not.toHaveProperty("aria-keyshortcuts");
});

test("in the help, actions with the same words share a row; those without are left out", () => {
  const rows = helpRows([
    action("back", { keys: ["ArrowLeft"], help: "Walk" }),
    action("keep", { keys: ["K"], help: "Keep" }),
    action("forward", { keys: ["ArrowRight"], help: "Walk" }),
    action("cancel", { keys: ["Escape"] }),
  ]);
  expect(rows).toEqual([
    { help: "Walk", signs: ["←", "→"] },
    { help: "Keep", signs: ["K"] },
  ]);
});
