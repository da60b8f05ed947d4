import { type Action, actionFor, type Together } from "./actions";

/** Where keys are typed rather than pressed. */
const TYPING = "input:not([type=checkbox]), textarea, select, [contenteditable]";
const PRESSABLE = "a, button, summary";

interface Listening {
  readonly actions: () => readonly Action[];
  /** Whether the page takes an action now; while a dialog is open, mostly not. */
  readonly takes?: (action: Action) => boolean;
}

/** Hears the keyboard for the whole page; returns how to stop. */
export function listenToKeys({ actions, takes = noDialogIsOpen }: Listening): () => void {
  const held = new Map<string, Together>();

  function onDown(event: KeyboardEvent): void {
    const target = event.target instanceof Element ? event.target : null;
    const action = actionFor(actions(), event);
    if (!action || target?.closest(TYPING)) return;
    // A focused button keeps its own Enter and Space.
    const pressing = event.key === "Enter" || event.key === " ";
    if ((pressing && target?.closest(PRESSABLE)) || !takes(action)) return;
    event.preventDefault();
    if (!action.enabled) {
      action.explain?.();
    } else if (event.shiftKey && action.collect) {
      action.collect();
    } else if (action.together) {
      held.set(event.code, action.together);
      action.together.down();
    } else {
      action.perform();
    }
  }

  function onUp(event: KeyboardEvent): void {
    const together = held.get(event.code);
    held.delete(event.code);
    if (held.size === 0) together?.released();
  }

  function onBlur(): void {
    const [together] = held.values();
    held.clear();
    together?.lost();
  }

  document.addEventListener("keydown", onDown);
  document.addEventListener("keyup", onUp);
  window.addEventListener("blur", onBlur);
  return () => {
    document.removeEventListener("keydown", onDown);
    document.removeEventListener("keyup", onUp);
    window.removeEventListener("blur", onBlur);
  };
}

function noDialogIsOpen(): boolean {
  return document.querySelector("dialog[open]") === null;
}
