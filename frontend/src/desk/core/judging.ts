/** The session as it goes on: what happens changes it, and the newest change is said in words. */
import { signal } from "@preact/signals";
import type { Messages } from "../../shared/messages";
import { announcement } from "./says";
import { type Happened, next } from "./session";
import { NOTHING, type Session } from "./state";
import type { UndoMemory } from "./undo-memory";

/** What is remembered for undo outlives these. */
const OPENS_OR_LEAVES: ReadonlySet<Happened["type"]> = new Set(["opened", "left"]);

interface JudgingParts {
  readonly messages: Messages;
  readonly undo: UndoMemory;
  readonly onChange: (event: Happened, before: Session, after: Session) => void;
}

export class Judging {
  readonly session = signal<Session>(NOTHING);
  /** The newest sentence for screen readers. */
  readonly said = signal("");
  readonly #parts: JudgingParts;

  constructor(parts: JudgingParts) {
    this.#parts = parts;
  }

  happen(event: Happened): void {
    const { messages, undo, onChange } = this.#parts;
    const before = this.session.value;
    const after = next(before, event);
    if (after === before) return;
    this.session.value = after;
    if (after.steps !== before.steps && !OPENS_OR_LEAVES.has(event.type)) undo.save(after.steps);
    onChange(event, before, after);
    const words = announcement(messages, before, after);
    if (words) this.said.value = words;
  }
}
