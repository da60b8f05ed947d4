import type { Desk } from "../desk";
import { HeldReasons, meaningOf, reasonOf } from "./keys";

const TYPING = "input, textarea, select, [contenteditable]";
const PRESSABLE = "a, button, summary";

/** Hears the keyboard for the whole page; returns how to stop. */
export function listenToKeys(desk: Desk): () => void {
  const held = new HeldReasons();

  function onDown(event: KeyboardEvent): void {
    const target = event.target instanceof Element ? event.target : null;
    const meaning = meaningOf(event);
    if (!meaning || target?.closest(TYPING)) return;
    // A focused button keeps its own Enter and Space.
    const pressing = event.key === "Enter" || event.key === " ";
    if (pressing && target?.closest(PRESSABLE)) return;
    if (desk.panel.value !== null) {
      // A dialog is open: only its own key closes it again; Escape is the browser's.
      const same = meaning.kind === "command" && meaning.command === desk.panel.value;
      if (same) desk.panel.value = null;
      return;
    }
    event.preventDefault();
    if (meaning.kind === "command") {
      desk.obey(meaning.command);
    } else {
      desk.pick(meaning.reason, meaning.several);
      if (!meaning.several) held.down(meaning.reason);
    }
  }

  function onUp(event: KeyboardEvent): void {
    const reason = reasonOf(event);
    if (reason && held.up(reason)) desk.happen({ type: "released" });
  }

  /** Key-ups will not come any more: what was picked waits for Enter. */
  function onBlur(): void {
    const { several, chosen } = desk.session.value;
    if (held.forget() && !several && chosen.length > 0) desk.happen({ type: "severalSwitched" });
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
