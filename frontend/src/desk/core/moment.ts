/**
 * A picture must have been on the screen for a moment before an act on it counts: a double click, a
 * key that bounces and a second tap were meant for the picture before.
 */

/** By what an act was done. A swipe begins on the picture itself, so it needs no more than a key. */
export type Hand = "key" | "pointer" | "swipe";

/**
 * Milliseconds. Keys that are worn report a press twice within 5 to 80; double clicks are 20 to 250
 * apart. Whoever judges five pictures a second by keyboard leaves about 180 after each is painted.
 */
export const MOMENT_MS: Readonly<Record<Hand, number>> = { key: 100, pointer: 300, swipe: 100 };

export class Moment {
  hand: Hand = "key";
  #since = Number.NEGATIVE_INFINITY;

  /** Another picture is on the screen. */
  begin(): void {
    this.#since = performance.now();
  }

  isOver(): boolean {
    return performance.now() - this.#since >= MOMENT_MS[this.hand];
  }
}
