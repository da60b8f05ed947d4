/** What a key press is called, written as in `aria-keyshortcuts`: "K", "1", "ArrowLeft". */

/** The part of a KeyboardEvent that matters. */
export interface KeyPress {
  readonly key: string;
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
  readonly repeat: boolean;
  readonly isComposing: boolean;
}

/**
 * The names that a press answers to, the surest first; none when it is not meant for us.
 *
 * An input method that is on reports each key as "Process", also where nothing is being typed: then
 * the key's place says what was meant.
 */
export function namesOf(press: KeyPress): string[] {
  if (press.isComposing || press.altKey) return [];
  const letter = letterOf(press);
  if (press.ctrlKey || press.metaKey) {
    return press.shiftKey ? [] : [`${press.ctrlKey ? "Control" : "Meta"}+${letter}`];
  }
  const digit = digitOf(press);
  if (digit) return [digit];
  return [nameOf(press), letter];
}

/** What an input method, or a keyboard that the browser does not know, reports for every key. */
const NO_KEY: ReadonlySet<string> = new Set(["Process", "Unidentified"]);

function nameOf({ key, code }: KeyPress): string {
  if (NO_KEY.has(key)) return code.replace(/^Numpad(?=Enter$)/, "");
  return key === " " ? "Space" : key;
}

/** The digit keys by their place: Shift and input methods change what they type. */
function digitOf({ code, key }: KeyPress): string | null {
  const [, row, digit = null] = /^(Digit|Numpad)(\d)$/.exec(code) ?? [];
  // Without NumLock the number pad types arrows.
  return row === "Numpad" && key !== digit ? null : digit;
}

/** The letter on the key; on a keyboard without Latin letters, the one at its place. */
function letterOf({ key, code }: KeyPress): string {
  if (/^[a-z]$/i.test(key)) return key.toUpperCase();
  return /^Key([A-Z])$/.exec(code)?.[1] ?? "";
}

const SIGNS: Readonly<Record<string, string>> = { ArrowLeft: "←", ArrowRight: "→" };

/** A key as it is drawn on a button. */
export function signOf(name: string): string {
  return SIGNS[name] ?? name;
}
