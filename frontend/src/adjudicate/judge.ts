/**
 * Settling contested pictures: the next case is on the screen at once, and the ruling goes behind it
 * as votes go from the desk, kept on this device until it is stored.
 */
import { signal } from "@preact/signals";
import type { Reason, Vote } from "../desk/core/contract";
import { paddedNumber } from "../desk/core/contract";
import { Moment } from "../desk/core/moment";
import { titleOf } from "../desk/core/reasons";
import type { Pending } from "../desk/sending/outbox";
import { Sending, type SendingParts } from "../desk/sending/sending";
import type { Answer } from "../shared/api";
import type { Messages } from "../shared/messages";
import { PicturePool } from "../shared/pictures";
import type { Case, Cases, RoomData } from "./contract";
import {
  ahead,
  caseAt,
  caseOf,
  type Docket,
  EMPTY,
  joined,
  opened,
  reopened,
  settled,
  undone,
  walked,
} from "./docket";

const PREFETCHED = 6;
const FEW_LEFT = 4;

export type Aim = "whole" | "face" | "actual" | "hand";

export interface JudgeParts extends Pick<SendingParts, "userId" | "send" | "kept" | "alone"> {
  readonly messages: Messages;
  readonly subjectId: string;
  readonly room: RoomData;
  /** Where the picture of a number is ruled on. */
  readonly pageOf: (number: number) => string;
  /** Those whose numbers follow. */
  readonly more: (after: number) => Promise<Answer<Cases>>;
  /** The pictures may not be seen any more. */
  readonly onHidden: () => void;
  readonly makeImage?: () => HTMLImageElement;
}

export class Judge {
  readonly docket = signal<Docket>(EMPTY);
  readonly collected = signal<readonly Reason[]>([]);
  readonly note = signal("");
  readonly aim = signal<Aim>("whole");
  /** Whether the keys lie over the page. */
  readonly keysOpen = signal(false);
  /** The newest sentence for screen readers. */
  readonly said = signal("");
  /** Counts up when a picture has become ready. */
  readonly arrived = signal(0);
  readonly messages: Messages;
  readonly room: RoomData;
  readonly moment = new Moment();
  readonly pool: PicturePool;
  readonly sending: Sending;
  readonly #parts: JudgeParts;
  /** What the server told of how many wait, and which rulings it knew of. */
  readonly #told = signal<{ num: number; without: ReadonlySet<number> }>({
    num: 0,
    without: new Set(),
  });
  #isAsking = false;
  /** Whether no case behind the known ones waits. */
  #isExhausted = false;

  constructor(parts: JudgeParts) {
    this.#parts = parts;
    this.messages = parts.messages;
    this.room = parts.room;
    this.pool = new PicturePool(() => this.arrived.value++, parts.makeImage);
    const { userId, kept, send, alone } = parts;
    this.sending = new Sending({
      ...{ userId, kept, send, alone },
      kind: "ruling",
      batchId: parts.subjectId,
      onAccepted: () => undefined,
      onRefused: (imageId, code) => this.#refused(imageId, code),
      onAllSent: () => this.#lookOnceMore(),
      onNews: () => undefined,
    });
    this.#told.value = { num: parts.room.num_waiting, without: new Set() };
  }

  open(): void {
    let docket = opened(this.room.cases);
    for (const { itemId, vote } of this.sending.unsent()) {
      const ruled = new Map(docket.ruled);
      if (vote && caseOf(docket, itemId)) docket = { ...docket, ruled: ruled.set(itemId, vote) };
    }
    this.#turn(docket);
    this.sending.wake();
  }

  get current(): Case | null {
    return caseAt(this.docket.value);
  }

  get canRule(): boolean {
    return this.current !== null && !this.current.is_blind;
  }

  rule(ruling: Vote): void {
    const { current } = this;
    if (!current || !this.canRule || !this.moment.isOver()) return;
    const overrules = current.ruling !== null;
    this.#send(current, ruling, { note: this.note.value, overrules, putsBack: false });
    const number = paddedNumber(current.number);
    this.#turn(settled(this.docket.value, ruling));
    this.said.value = this.messages.say("ruled", { number, ruling: this.inWords(ruling) });
  }

  /** Chooses a reason as one of several. */
  collect(reason: Reason): void {
    const { value } = this.collected;
    this.collected.value = value.includes(reason)
      ? value.filter((each) => each !== reason)
      : [...value, reason];
  }

  get canUndo(): boolean {
    return this.docket.value.steps.length > 0;
  }

  undo(): void {
    const [docket, back] = undone(this.docket.value);
    if (!back) return;
    const { ruling } = back;
    const earlier = ruling && { verdict: ruling.verdict, reasons: ruling.reasons };
    // One's own ruling goes. What others have ruled meanwhile has not been on the screen.
    this.#send(back, earlier, { note: ruling?.note ?? "", overrules: false, putsBack: true });
    this.#turn(docket);
    this.said.value = this.messages.say("rulingUndone", { number: paddedNumber(back.number) });
  }

  walk(by: -1 | 1): void {
    this.#turn(walked(this.docket.value, by));
  }

  inWords({ verdict, reasons }: Vote): string {
    const { say, language } = this.messages;
    if (verdict !== "reject") return say(verdict);
    const comma = language === "en" ? ", " : "、";
    return reasons.map((reason) => this.titleOf(reason)).join(comma) || say("reject");
  }

  titleOf(reason: Reason): string {
    return this.room.titles[reason] ?? titleOf(this.room.reasons, reason);
  }

  #send(
    on: Case,
    vote: Vote | null,
    how: Required<Pick<Pending, "note" | "overrules" | "putsBack">>,
  ): void {
    const page = this.#parts.pageOf(on.number);
    this.sending.post([{ itemId: on.image_id, place: on.number, vote, ...how, page }]);
  }

  /** How many wait: of what the server told last, without what was ruled here since. */
  get numLeft(): number {
    const { num, without } = this.#told.value;
    const { cases, ruled } = this.docket.value;
    const waited = cases.filter(({ ruling, outcome }) => !ruling && outcome === "contested");
    const since = waited.filter(({ image_id }) => ruled.has(image_id) && !without.has(image_id));
    const again = waited.filter(({ image_id }) => without.has(image_id) && !ruled.has(image_id));
    return Math.max(0, num - since.length + again.length);
  }

  #turn(docket: Docket): void {
    const before = this.docket.value;
    this.docket.value = docket;
    if (docket.at !== before.at) {
      this.collected.value = [];
      this.note.value = "";
      this.aim.value = "whole";
    }
    const shown = caseAt(docket);
    const next = ahead(docket).slice(0, PREFETCHED);
    const behind = docket.steps.slice(-2).map((id) => caseOf(docket, id));
    const wanted = [shown, ...next, ...behind].filter((each) => each !== null);
    this.pool.want(wanted.map(({ preview_url }) => preview_url));
    if (next.length < FEW_LEFT && !this.#isExhausted) {
      void this.#ask(docket.cases.at(-1)?.number ?? 0);
    }
  }

  async #ask(after: number): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    const isQuiet = () => this.sending.unsent().length === 0;
    const [wasQuiet, { ruled }] = [isQuiet(), this.docket.value];
    const answer = await this.#parts.more(after);
    this.#isAsking = false;
    if (answer.kind === "refused") this.#hide();
    if (answer.kind !== "ok") return;
    const { cases, num_waiting } = answer.data;
    // Of rulings on their way nobody knows whether the answer knew of them: the count before stays.
    if (wasQuiet && isQuiet() && ruled === this.docket.value.ruled) {
      this.#told.value = { num: num_waiting, without: new Set(ruled.keys()) };
    }
    const known = this.docket.value;
    const more = joined(known, cases);
    if (more === known) this.#isExhausted = true;
    else this.#turn(more);
  }

  /** Behind the last one the first may wait again, from others' hands. */
  #lookOnceMore(): void {
    if (this.docket.value.at === null) void this.#ask(0);
  }

  #refused(imageId: number, code: string): void {
    if (code === "consent_missing") this.#hide();
    else this.docket.value = reopened(this.docket.value, imageId);
  }

  #hide(): void {
    this.pool.drop();
    this.#parts.onHidden();
  }
}
