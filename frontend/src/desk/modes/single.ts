/** One picture at a time: what is said of the one in view, once it can be seen. */
import type { Reason, Verdict } from "../core/contract";
import { current } from "../core/reads";
import type { Happened } from "../core/session";
import type { GridParts } from "./grid";
import type { Obstacle } from "./obstacles";

type SingleParts = Pick<GridParts, "messages" | "judging" | "pictures" | "moment">;

export class Single {
  readonly #parts: SingleParts;

  constructor(parts: SingleParts) {
    this.#parts = parts;
  }

  /** Whether the picture in view can be seen: nobody votes on one that has not arrived. */
  isShown(): boolean {
    const { judging, pictures } = this.#parts;
    return pictures.isReady(current(judging.session.value));
  }

  vote(verdict: Exclude<Verdict, "reject">): void {
    this.#unlessHindered(verdict, { type: "voted", vote: { verdict, reasons: [] } });
  }

  pick(reason: Reason, several: boolean): void {
    this.#unlessHindered("reject", { type: "picked", reason, several });
  }

  /** Casts the reasons that are picked. */
  confirm(): void {
    this.#unlessHindered("reject", { type: "confirmed" });
  }

  #unlessHindered(verdict: Verdict, event: Happened): void {
    const { messages, judging } = this.#parts;
    const obstacle = this.#obstacleTo(verdict);
    if (obstacle) judging.said.value = messages.say(obstacle);
    else judging.happen(event);
  }

  #obstacleTo(verdict: Verdict): Obstacle | null {
    const { judging, pictures, moment } = this.#parts;
    const item = current(judging.session.value);
    if (!moment.isOver()) return "tooSoon";
    if (pictures.isReady(item)) return null;
    if (pictures.isMissing(item) && verdict === "unsure") return null;
    if (pictures.isLineGone.value) return "pictureNotHere";
    return pictures.hasFailed(item) ? "pictureFailed" : "pictureLoading";
  }
}
