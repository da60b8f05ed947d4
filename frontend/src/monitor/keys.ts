/** The keys of the run page, as trainers on the desktop have had them for years. */
import type { Command } from "./contract";

/** What a key asks for: a command for the trainer, or the masks over the preview. */
export type Wish = Command | "mask";

const KEYS: Readonly<Record<string, Wish>> = { s: "save", r: "preview", m: "mask" };

/** What a key press asks for; null when it is meant for the browser or for a field. */
export function wishOf(press: KeyboardEvent): Wish | null {
  if (press.ctrlKey || press.metaKey || press.altKey || press.repeat || press.isComposing) {
    return null;
  }
  if (press.target instanceof HTMLElement && press.target.closest("input, select, textarea")) {
    return null;
  }
  return KEYS[press.key.toLowerCase()] ?? null;
}
