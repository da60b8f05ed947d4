/** What is done with what is chosen in the grid: asked about, sent once, and told. */
import { signal } from "@preact/signals";
import type { Answer } from "../shared/api";
import type { Messages } from "../shared/messages";
import type { Cut, Reason, Rejected, Taken } from "./core/contract";
import { type Answer as GoldAnswer, leftOutOf, verdictOf } from "./core/gold";
import type { Question } from "./core/question";
import type { Selection } from "./core/selection";

/** What is sent with every act: the listing, what is chosen of it, and how many that looked like. */
export interface Chosen {
  readonly all: boolean;
  readonly numbers: readonly number[];
  readonly seen: number;
}

export type Act = "cut" | "reject" | "gold";

export interface Done {
  readonly text: string;
  /** There is something to see in the batches now. */
  readonly inBatches?: boolean;
  /** Some were left, as the text says. */
  readonly partly?: boolean;
}

export interface ActsParts {
  readonly messages: Messages;
  readonly send: <T>(path: string, body: unknown) => Promise<Answer<T>>;
  readonly question: () => Question;
  readonly selection: () => Selection;
  /** How many are chosen. */
  readonly num: () => number;
  readonly onDone: (done: Done) => void;
  readonly onTrouble: (answer: Answer<unknown>) => void;
}

const MOST_DISTINCT = 100;

export class Acts {
  /** The act that the person is asked about. */
  readonly asked = signal<Act | null>(null);
  readonly busy = signal(false);
  readonly #parts: ActsParts;

  constructor(parts: ActsParts) {
    this.#parts = parts;
  }

  async cut(size: number): Promise<void> {
    const done = await this.#withChosen<Cut>("cut", { size });
    if (!done) return;
    const [images, batches] = [this.#count(done.images), spanOf(done.batches)];
    const text = this.#parts.messages.say("gridWasCut", { images, batches });
    this.#parts.onDone({ text, inBatches: true });
  }

  async reject(because: Reason): Promise<void> {
    const done = await this.#withChosen<Rejected>("reject", { because });
    if (!done) return;
    const images = this.#count(done.images);
    this.#parts.onDone({ text: this.#parts.messages.say("gridWasRejected", { images }) });
  }

  /** The answer becomes known of what is chosen, or is not any more. */
  async gold(answer: GoldAnswer, note: string): Promise<void> {
    const verdict = verdictOf(answer);
    const done = verdict
      ? await this.#withChosen<Taken>("mark-gold", { ...verdict, note })
      : await this.#withChosen<Taken>("unmark-gold", {});
    if (!done) return;
    const { messages } = this.#parts;
    const images = this.#count(done.images);
    const said = messages.say(verdict ? "gridWasGold" : "gridWasNoGold", { images });
    const left = leftOutOf(done, messages);
    this.#parts.onDone({ text: left ? `${said} ${left}` : said, partly: left !== "" });
  }

  /** Whether `markDistinct` can be asked: each of them is told from each. */
  get mayBeDistinct(): boolean {
    const { all, numbers } = this.#parts.selection();
    return !all && numbers.size >= 2 && numbers.size <= MOST_DISTINCT;
  }

  async markDistinct(): Promise<void> {
    const { numbers } = this.#parts.selection();
    if (!this.mayBeDistinct) return;
    const done = await this.#send("distinct", { numbers: [...numbers] });
    if (!done) return;
    const text = this.#parts.messages.say("gridWasDistinct", { count: numbers.size });
    this.#parts.onDone({ text });
  }

  #withChosen<T>(path: string, more: object): Promise<T | null> {
    const { all, numbers } = this.#parts.selection();
    const { sort, descending, filters } = this.#parts.question();
    const chosen: Chosen = { all, numbers: [...numbers], seen: this.#parts.num() };
    return this.#send<T>(path, { sort, descending, ...filters, ...chosen, ...more });
  }

  /** One act at a time; null where it was not done. */
  async #send<T>(path: string, body: unknown): Promise<T | null> {
    if (this.busy.value) return null;
    this.busy.value = true;
    const answer = await this.#parts.send<T>(path, body);
    this.busy.value = false;
    this.asked.value = null;
    if (answer.kind === "ok") return answer.data;
    this.#parts.onTrouble(answer);
    return null;
  }

  #count(num: number): string {
    return num.toLocaleString(this.#parts.messages.language);
  }
}

/** Rising numbers in short: 4, 5, 6 are "4–6". */
function spanOf(numbers: readonly number[]): string {
  const [first, last] = [numbers[0] ?? 0, numbers.at(-1) ?? 0];
  return first === last ? String(first) : `${first}–${last}`;
}
