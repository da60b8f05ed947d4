/** Going on once a batch is done: asks for the next one, of whatever is open, and goes there. */
import { signal } from "@preact/signals";
import type { Answer } from "../../shared/api";
import type { NextBatch } from "./contract";

/** `done`: the page of the next desk is on its way. The others say why it is not. */
export type GoingOnState =
  | "idle"
  | "asking"
  | "done"
  | "offline"
  | "nothing_open"
  | "had_enough"
  | "others_hold_it"
  | "all_judged";

export interface GoingOnParts {
  readonly ask: () => Promise<Answer<NextBatch>>;
  readonly go: (url: string) => void;
  /** This batch is about to be returned, so its desk asks for its pictures no more. */
  readonly leave: () => void;
}

export class GoingOn {
  readonly state = signal<GoingOnState>("idle");

  constructor(private readonly parts: GoingOnParts) {}

  get isUnderWay(): boolean {
    return this.state.value === "asking" || this.state.value === "done";
  }

  async goOn(): Promise<void> {
    if (this.isUnderWay) return;
    this.state.value = "asking";
    const answer = await this.parts.ask();
    if (answer.kind === "ok") {
      this.state.value = "done";
      this.parts.leave();
      this.parts.go(answer.data.url);
      return;
    }
    this.state.value = answer.kind === "refused" ? whyOf(answer.context.why) : "offline";
  }
}

const REASONS = ["nothing_open", "had_enough", "others_hold_it", "all_judged"] as const;

function whyOf(why: unknown): GoingOnState {
  return REASONS.find((reason) => reason === why) ?? "offline";
}
