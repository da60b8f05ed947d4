/** What a key means at the desk, apart from any page: help and tests read the same table. */
import type { Reason } from "../core/contract";
import { REASONS } from "../core/reasons";

export type Command =
  | "keep"
  | "unsure"
  | "undo"
  | "confirm"
  | "cancel"
  | "back"
  | "forward"
  | "zoom"
  | "manual"
  | "help";

export type KeyMeaning =
  | { readonly kind: "command"; readonly command: Command }
  | { readonly kind: "reason"; readonly reason: Reason; readonly several: boolean };

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
  readonly keyCode: number;
}

const LETTERS: Readonly<Record<string, Command>> = {
  k: "keep",
  u: "unsure",
  z: "undo",
  m: "manual",
};

const NAMED: Readonly<Record<string, Command>> = {
  Enter: "confirm",
  Escape: "cancel",
  ArrowLeft: "back",
  ArrowRight: "forward",
  " ": "zoom",
  "?": "help",
  "？": "help",
};

/** An input method reports its keys as 229: they belong to the text being composed. */
const COMPOSING = 229;

export function meaningOf(press: KeyPress): KeyMeaning | null {
  if (press.isComposing || press.keyCode === COMPOSING || press.altKey) return null;
  const letter = letterOf(press);
  if (press.ctrlKey || press.metaKey) {
    const undo = letter === "z" && !press.shiftKey && !press.repeat;
    return undo ? { kind: "command", command: "undo" } : null;
  }
  const reason = reasonOf(press);
  if (reason) {
    return press.repeat ? null : { kind: "reason", reason, several: press.shiftKey };
  }
  const command = NAMED[press.key] ?? LETTERS[letter];
  // Holding an arrow walks on; holding K must not keep twenty pictures.
  const walks = command === "back" || command === "forward";
  return command && (walks || !press.repeat) ? { kind: "command", command } : null;
}

/** The digit keys by their place: Shift and input methods change what they type. */
export function reasonOf({ code, key }: Pick<KeyPress, "code" | "key">): Reason | null {
  const [, row, digit] = /^(Digit|Numpad)([1-9])$/.exec(code) ?? [];
  // Without NumLock the number pad types arrows.
  if (row === "Numpad" && key !== digit) return null;
  return (digit && REASONS[Number(digit) - 1]) || null;
}

/** The letter on the key; on a keyboard without Latin letters, the one at its place. */
function letterOf({ key, code }: KeyPress): string {
  const typed = key.toLowerCase();
  if (/^[a-z]$/.test(typed)) return typed;
  return /^Key([A-Z])$/.exec(code)?.[1]?.toLowerCase() ?? "";
}

/**
 * The reason keys held down at this moment. One reason is one tap; several are pressed together.
 * `up` says whether the last of them has been let go, which is when the vote is cast.
 */
export class HeldReasons {
  readonly #held = new Set<Reason>();

  down(reason: Reason): void {
    this.#held.add(reason);
  }

  up(reason: Reason): boolean {
    return this.#held.delete(reason) && this.#held.size === 0;
  }

  /** The window lost the keyboard: key-ups will not come. What was picked stays to be confirmed. */
  forget(): boolean {
    const held = this.#held.size > 0;
    this.#held.clear();
    return held;
  }
}
