/** Whether a person wants to read what the machine and others think, after their own vote. */
import { signal } from "@preact/signals";
import type { Answer } from "../../shared/api";
import { Remembered } from "../../shared/remembered";
import { sameVote, type Told } from "./contract";
import { isApart } from "./reads";
import type { Session } from "./state";

export class Telling {
  readonly on = signal(false);
  readonly #kept: Remembered;

  /** `tell` asks what there is to tell of an item; the server says it only once my vote is stored. */
  constructor(
    storage: Storage | null,
    userId: string,
    readonly tell: (itemId: number) => Promise<Answer<Told>>,
  ) {
    this.#kept = new Remembered(storage, `winnow.told.${userId}`);
    this.on.value = this.#kept.text === "yes";
  }

  toggle(): void {
    this.on.value = !this.on.value;
    this.#kept.keep(this.on.value ? "yes" : null);
  }
}

/** The picture to tell of: the one in view if I have judged it, else the one judged last. */
export function toTellOf({ at, latest, votes, accepted }: Session): number | null {
  const last = latest && !isApart(latest) && !latest.together && !latest.undone ? latest : null;
  const judged = [at, last?.itemId ?? null];
  const stored = (id: number) =>
    votes[id] !== undefined && sameVote(votes[id], accepted[id] ?? null);
  return judged.find((id): id is number => id !== null && stored(id)) ?? null;
}
