/** Key presses as browsers report them. */
import type { KeyPress } from "./keys";

export function press(key: string, given: Partial<KeyPress> = {}): KeyPress {
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
    ...given,
  };
}

export const digit = (n: number, given: Partial<KeyPress> = {}) =>
  press(String(n), { code: `Digit${n}`, ...given });
