/** That a group is none, its pictures being all different: the server is told at once. */
import { signal } from "@preact/signals";
import type { Answer } from "../../shared/api";
import type { Messages } from "../../shared/messages";
import { ENDS_THE_DESK, type Near } from "../core/contract";
import type { Judging } from "../core/judging";
import { isApart, newestStep, newestVote } from "../core/reads";
import type { Apart, Pair } from "../core/state";
import type { Modes } from "./modes";

export interface DistinctParts {
  readonly say: (pairs: readonly Pair[]) => Promise<Answer<unknown>>;
  readonly takeBack: (pairs: readonly Pair[]) => Promise<Answer<unknown>>;
  /** What is nearly the same, without what was said to be distinct. */
  readonly near: () => Promise<Answer<Near>>;
}

interface Parts {
  readonly messages: Messages;
  readonly judging: Judging;
  readonly modes: Modes;
  readonly distinct: DistinctParts;
  /** The pictures may not be seen any more. */
  readonly onEnded: (code: string) => void;
}

/** Refusals of whoever asks, not of what is asked: signed in again, they are answered. */
const OF_THE_PERSON: ReadonlySet<string> = new Set(["not_signed_in", "other_person"]);

type Trouble = "distinctNotStored" | "distinctUnderWay" | "distinctWaits" | "distinctGone";

export class TellingApart {
  /** Whether an answer of the server is waited for. */
  readonly isUnderWay = signal(false);
  /** What the newest try came to, in words; until something else is done. */
  readonly trouble = signal("");
  /** Without a line undo passes over what the server would have to take back. */
  #isPassedOver = false;
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** The pictures of the group in view are not the same: its person is not asked again. */
  async say(): Promise<void> {
    const { judging, modes, distinct } = this.#parts;
    if (this.isUnderWay.value || !modes.burst.isLookedAt()) return;
    const items = modes.burst.page.value.items.map(({ id }) => id);
    const pairs = modes.pairsAmong(items);
    const answer = await this.#during(distinct.say(pairs));
    if (answer.kind === "ok") judging.happen({ type: "saidApart", items, pairs });
    else this.#explain("distinctNotStored");
  }

  /** Takes back what was done last, a vote or that a group is none. */
  undo(): void {
    const { judging } = this.#parts;
    const { value: session } = judging.session;
    const newest = newestStep(session);
    const isPassedOver = this.#isPassedOver && newestVote(session) !== null;
    if (this.isUnderWay.value) this.#explain("distinctUnderWay");
    else if (newest && isApart(newest) && !isPassedOver) void this.#takeBack(newest);
    else judging.happen({ type: "undone" });
  }

  /** The line is back: nothing is passed over any more. */
  wake(): void {
    this.#isPassedOver = false;
  }

  /** The person is asked again. What the server will not take back stands, and is undo's no more. */
  async #takeBack(step: Apart): Promise<void> {
    const { judging, distinct, onEnded } = this.#parts;
    const answer = await this.#during(distinct.takeBack(step.pairs));
    if (answer.kind === "ok") judging.happen({ type: "apartUndone", step });
    else if (answer.kind === "failed" || OF_THE_PERSON.has(answer.code)) this.#passOver();
    else if (ENDS_THE_DESK.has(answer.code)) onEnded(answer.code);
    else {
      judging.happen({ type: "apartStays", step });
      this.#explain("distinctGone");
    }
  }

  #passOver(): void {
    this.#isPassedOver = newestVote(this.#parts.judging.session.value) !== null;
    this.#explain(this.#isPassedOver ? "distinctWaits" : "distinctNotStored");
  }

  async #during<T>(asked: Promise<T>): Promise<T> {
    this.isUnderWay.value = true;
    try {
      return await asked;
    } finally {
      this.isUnderWay.value = false;
    }
  }

  #explain(trouble: Trouble): void {
    const { messages, judging } = this.#parts;
    this.trouble.value = messages.say(trouble);
    judging.said.value = this.trouble.value;
  }
}
