/** The keys of the run page, as trainers on the desktop have had them for years. */
import type { Command } from "./contract";

const KEYS: Readonly<Record<string, Command>> = { s: "save", r: "preview" };

/** What a key press asks for; null when it is meant for the browser or for a field. */
export function commandOf(press: KeyboardEvent): Command | null {
  if (press.ctrlKey || press.metaKey || press.altKey || press.repeat || press.isComposing) {
    return null;
  }
  if (press.target instanceof HTMLElement && press.target.closest("input, select, textarea")) {
    return null;
  }
  return KEYS[press.key.toLowerCase()] ?? null;
}
