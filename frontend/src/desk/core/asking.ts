/** What is asked of the organiser about the pictures of one desk, and what was answered. */
import { signal } from "@preact/signals";
import type { Answer } from "../../shared/api";
import { Remembered } from "../../shared/remembered";
import type { PinnedQuestion, PinnedQuestions } from "./contract";

export interface AskingParts {
  readonly list: () => Promise<Answer<PinnedQuestions>>;
  readonly ask: (itemId: number, text: string, picture: string) => Promise<Answer<PinnedQuestion>>;
  readonly withdraw: (itemId: number) => Promise<Answer<unknown>>;
}

export class Asking {
  /** The oldest first. */
  readonly questions = signal<readonly PinnedQuestion[]>([]);
  readonly #parts: AskingParts;
  readonly #storage: Storage | null;
  readonly #key: string;
  /** Counts what changed here: an answer that was under way meanwhile is old. */
  #round = 0;

  /** What is written and not sent yet stays in `storage`. */
  constructor(parts: AskingParts, storage: Storage | null, userId: string, batchId: string) {
    this.#parts = parts;
    this.#storage = storage;
    this.#key = `winnow.asking.${userId}.${batchId}`;
  }

  /** Those about one picture. */
  about(itemId: number | null): readonly PinnedQuestion[] {
    return this.questions.value.filter(({ item_id }) => item_id === itemId);
  }

  /** The one of mine about a picture that waits for its answer. */
  waiting(itemId: number): PinnedQuestion | undefined {
    return this.about(itemId).find(isWaiting);
  }

  show(questions: readonly PinnedQuestion[]): void {
    this.#round++;
    this.questions.value = questions;
  }

  /** Whether something was answered meanwhile. */
  async look(): Promise<void> {
    const round = this.#round;
    const answer = await this.#parts.list();
    if (answer.kind === "ok" && round === this.#round) this.show(answer.data.questions);
  }

  async ask(itemId: number, text: string, picture: string): Promise<Answer<PinnedQuestion>> {
    const answer = await this.#parts.ask(itemId, text, picture);
    if (answer.kind === "ok") {
      const { data } = answer;
      const others = this.#without(itemId).filter(({ id }) => id !== data.id);
      this.show([...others, data]);
    }
    return answer;
  }

  /** One that was answered meanwhile stays, and is shown then. */
  async withdraw(itemId: number): Promise<Answer<unknown>> {
    const answer = await this.#parts.withdraw(itemId);
    if (answer.kind === "ok") {
      this.show(this.#without(itemId));
      void this.look();
    }
    return answer;
  }

  /** What is written about a picture and not sent yet; none once it is sent, or not wanted any more. */
  draftOn(itemId: number): Remembered {
    return new Remembered(this.#storage, `${this.#key}.${itemId}`);
  }

  #without(itemId: number): readonly PinnedQuestion[] {
    return this.questions.value.filter((each) => !(each.item_id === itemId && isWaiting(each)));
  }
}

function isWaiting({ mine, answer }: PinnedQuestion): boolean {
  return mine && answer === "";
}
