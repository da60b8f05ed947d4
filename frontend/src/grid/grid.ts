/**
 * The grid: what is listed, where the cursor is and what is chosen. The views only read its
 * signals and call it. Positions count from 0 in the order of the list.
 */
import { computed, signal } from "@preact/signals";
import type { Answer } from "../shared/api";
import type { Messages } from "../shared/messages";
import { Acts, type Done } from "./acts";
import type { GridImage, Places, Position, WindowOfImages } from "./core/contract";
import { type Question, queryOf } from "./core/question";
import {
  ALL,
  isChosen,
  NOTHING,
  numChosen,
  type Selection,
  toggled,
  withEach,
} from "./core/selection";
import { Windows } from "./core/windows";
import { moved, type Shape } from "./input/motions";

export interface GridParts {
  readonly question: Question;
  readonly messages: Messages;
  readonly read: <T>(path: string, query: URLSearchParams) => Promise<Answer<T>>;
  readonly send: <T>(path: string, body: unknown) => Promise<Answer<T>>;
  /** The question has changed: the address of the page follows. */
  readonly onAsk: (question: Question) => void;
}

export interface Notice {
  readonly kind: "done" | "partly" | "changed" | "trouble";
  readonly text: string;
  /** There is something to see in the batches now. */
  readonly inBatches?: boolean;
}

export class Grid {
  readonly messages: Messages;
  readonly question;
  /** How many are listed; null until it is known. */
  readonly total = signal<number | null>(null);
  /** Goes up whenever pictures have come that could not be shown before. */
  readonly arrivals = signal(0);
  readonly selection = signal<Selection>(NOTHING);
  readonly num = computed(() => numChosen(this.selection.value, this.total.value ?? 0));
  readonly active = signal(0);
  readonly viewed = signal<number | null>(null);
  readonly acts: Acts;
  readonly notice = signal<Notice | null>(null);
  /** The newest sentence for screen readers. */
  readonly said = signal("");
  /** A position that shall come into view; a new object each time. */
  readonly revealed = signal<{ readonly position: number; readonly centred: boolean } | null>(null);

  readonly #parts: GridParts;
  #windows: Windows;
  #anchor = 0;
  /** What was chosen before the range that is being drawn. */
  #before: Selection = NOTHING;
  #range = 0;

  constructor(parts: GridParts) {
    this.#parts = parts;
    this.messages = parts.messages;
    this.question = signal(parts.question);
    this.#windows = this.#windowsOf(parts.question);
    this.acts = new Acts({
      messages: parts.messages,
      send: parts.send,
      question: () => this.question.value,
      selection: () => this.selection.value,
      num: () => this.num.value,
      onDone: (done) => this.#done(done),
      onTrouble: (answer) => void this.#failed(answer),
    });
  }

  /** List anew what is asked; `position` comes into view again. */
  async open(position = 0): Promise<void> {
    const windows = this.#windowsOf(this.question.value);
    this.#windows = windows;
    const answer = await windows.open();
    if (windows !== this.#windows) return;
    if (answer.kind !== "ok") {
      this.#trouble(answer);
      return;
    }
    const { total } = windows;
    const kind = this.notice.value?.kind;
    if (kind !== "done" && kind !== "partly") this.notice.value = null;
    this.total.value = total;
    this.active.value = Math.max(0, Math.min(position, total - 1));
    this.#anchor = this.active.value;
    this.arrivals.value++;
    this.said.value = this.messages.say("gridListed", { count: this.#count(total) });
    if (position > 0) this.reveal(this.active.value, true);
  }

  /** Another order or other filters. What is chosen one by one stays so; "all" was of the old list. */
  ask(question: Question): void {
    if (this.selection.value.all) this.selection.value = NOTHING;
    this.question.value = question;
    this.#parts.onAsk(question);
    this.viewed.value = null;
    this.total.value = null;
    this.notice.value = null;
    void this.open();
  }

  at(position: number): GridImage | null {
    return this.#windows.at(position);
  }

  /** These are on the screen, or nearly. */
  want(first: number, last: number): void {
    this.#windows.want(first, last);
  }

  reveal(position: number, centred = false): void {
    this.revealed.value = { position, centred };
  }

  /** A key of motion; with `extend` what lies between is chosen. Says whether it was one. */
  move(key: string, shape: Shape, extend: boolean): boolean {
    const to = moved(key, this.active.value, shape);
    if (to === null) return false;
    if (extend) void this.chooseTo(to);
    else this.#stand(to);
    this.active.value = to;
    this.reveal(to);
    return true;
  }

  toggle(position: number): void {
    const image = this.at(position);
    if (!image) return;
    this.selection.value = toggled(this.selection.value, image.number);
    this.active.value = position;
    this.#stand(position);
    this.#sayNum();
  }

  /** A range begins here; what was chosen before it stays. */
  #stand(position: number): void {
    this.#anchor = position;
    this.#before = this.selection.value;
  }

  /** Draw a range from here on: with `chooseTo`, until the next one begins. */
  startRange(position: number): void {
    this.#stand(position);
    this.active.value = position;
    void this.chooseTo(position);
  }

  /** Choose all from where the range began to here, in place of what the range was until now. */
  async chooseTo(position: number): Promise<void> {
    const range = ++this.#range;
    const first = Math.min(this.#anchor, position);
    const last = Math.max(this.#anchor, position);
    this.active.value = position;
    const images = this.#here(first, last) ?? (await this.#windows.between(first, last));
    if (!images || range !== this.#range) return;
    const numbers = images.map(({ number }) => number);
    this.selection.value = withEach(this.#before, numbers, true);
    this.#sayNum();
  }

  #here(first: number, last: number): readonly GridImage[] | null {
    if (last - first > 2000) return null;
    const images: GridImage[] = [];
    for (let position = first; position <= last; position++) {
      const image = this.at(position);
      if (!image) return null;
      images.push(image);
    }
    return images;
  }

  chooseAll(): void {
    this.selection.value = ALL;
    this.#stand(this.active.value);
    this.#sayNum();
  }

  chooseNone(): void {
    this.selection.value = NOTHING;
    this.#stand(this.active.value);
    this.said.value = this.messages.say("gridNoneChosen");
  }

  isChosen(image: GridImage): boolean {
    return isChosen(this.selection.value, image.number);
  }

  view(position: number): void {
    if (position < 0 || position >= (this.total.value ?? 0)) return;
    this.want(position - 1, position + 1);
    this.viewed.value = position;
    this.active.value = position;
    this.#stand(position);
    this.reveal(position);
  }

  closeViewer(): void {
    this.viewed.value = null;
  }

  async goTo(number: number): Promise<void> {
    const query = queryOf(this.question.value);
    query.set("number", String(number));
    const answer = await this.#parts.read<Position>("position", query);
    if (answer.kind !== "ok") {
      this.#trouble(answer);
      return;
    }
    this.notice.value = null;
    this.active.value = answer.data.position;
    this.#stand(answer.data.position);
    this.reveal(answer.data.position, true);
    this.said.value = this.messages.say("gridAt", { number });
  }

  #done({ text, inBatches = false, partly = false }: Done): void {
    this.selection.value = NOTHING;
    this.notice.value = { kind: partly ? "partly" : "done", text, inBatches };
    this.said.value = text;
    void this.open(this.active.value);
  }

  /** Says why; where the list has changed it is shown as it is now, what was said standing. */
  async #failed(answer: Answer<unknown>): Promise<void> {
    this.#trouble(answer);
    if (answer.kind !== "refused" || answer.status !== 409) return;
    const notice = this.notice.value;
    await this.open(this.active.value);
    this.notice.value = notice;
  }

  #windowsOf(question: Question): Windows {
    const windows: Windows = new Windows(
      {
        places: () => this.#parts.read<Places>("places", queryOf(question)),
        window: (start, end) => {
          const query = queryOf(question);
          if (start !== null) query.set("start", start);
          if (end !== null) query.set("end", end);
          return this.#parts.read<WindowOfImages>("", query);
        },
      },
      () => {
        if (windows === this.#windows) this.arrivals.value++;
      },
      (what) => {
        if (windows === this.#windows) this.#trouble(what);
      },
    );
    return windows;
  }

  #trouble(what: "changed" | Answer<unknown>): void {
    const { say } = this.messages;
    if (what === "changed") this.notice.value = { kind: "changed", text: say("gridChanged") };
    else if (what.kind === "refused") this.notice.value = { kind: "trouble", text: what.message };
    else this.notice.value = { kind: "trouble", text: say("gridUnreachable") };
    this.said.value = this.notice.value.text;
  }

  #sayNum(): void {
    this.said.value = this.messages.say("gridChosen", { count: this.#count(this.num.value) });
  }

  #count(num: number): string {
    return num.toLocaleString(this.messages.language);
  }
}
