/**
 * While the desk is in view it asks every few seconds whether the pictures may stay on the screen:
 * a withdrawn consent or a lease that has ended takes them off within five seconds.
 */
import type { Answer } from "../../shared/api";

/** So long between two questions at least, and so much longer at most, lest all desks ask at once. */
const PAUSE_MS = 2500;
const SPREAD_MS = 1000;

export interface WatchParts {
  readonly ask: () => Promise<Answer<unknown>>;
  /** Whether there was an answer at all. */
  readonly onAnswer?: (came: boolean) => void;
  /** The pictures must go; `code` says why. */
  readonly onEnded: (code: string) => void;
  readonly isHidden?: () => boolean;
}

export class Watch {
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Counts up with each start and stop, so that a late answer is known as one. */
  #round = 0;

  constructor(private readonly parts: WatchParts) {}

  start(): void {
    this.stop();
    this.#plan();
  }

  stop(): void {
    this.#round++;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Asks now: the person is back, or the network is. */
  look(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    void this.#ask();
  }

  #plan(): void {
    this.#timer = setTimeout(() => void this.#ask(), PAUSE_MS + SPREAD_MS * Math.random());
  }

  async #ask(): Promise<void> {
    const { ask, onAnswer, onEnded, isHidden = () => document.hidden } = this.parts;
    const round = ++this.#round;
    if (!isHidden()) {
      const answer = await ask();
      if (round !== this.#round) return;
      onAnswer?.(answer.kind !== "failed");
      if (answer.kind === "refused") {
        this.stop();
        onEnded(answer.code);
        return;
      }
    }
    this.#plan();
  }
}
