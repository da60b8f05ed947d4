/**
 * The desk at work, put together from its parts: the session, what is sent of it, the pictures and
 * what lies over them. The views read its signals; what people do goes through its actions.
 */
import { signal } from "@preact/signals";
import type { Answer } from "../shared/api";
import type { Messages } from "../shared/messages";
import {
  type DeskData,
  ENDS_THE_DESK,
  type Reason,
  type Standing,
  type Verdict,
} from "./core/contract";
import { Judging } from "./core/judging";
import { Panels } from "./core/panels";
import { PicturesAhead } from "./core/pictures-ahead";
import { changedItems, current, voteOn } from "./core/reads";
import type { Happened } from "./core/session";
import type { Session } from "./core/state";
import { UndoMemory } from "./core/undo-memory";
import { type Cast, Sending, type SendingParts } from "./sending/sending";
import { Watch } from "./sending/watch";

/** `closed`: it was open, and its pictures had to go. */
export type Opening =
  | { state: "loading" }
  | { state: "open" }
  | { state: "failed" | "closed"; code: string };

export interface DeskParts
  extends Pick<SendingParts, "batchId" | "userId" | "send" | "kept" | "alone"> {
  readonly messages: Messages;
  readonly load: () => Promise<Answer<DeskData>>;
  readonly standing: () => Promise<Answer<Standing>>;
  /** Whether the pictures may stay on the screen. */
  readonly lease: () => Promise<Answer<unknown>>;
  /** Takes pictures out of the browser's cache. */
  readonly forget?: (urls: readonly string[]) => void;
  readonly keptByTab: Storage | null;
  readonly makeImage?: () => HTMLImageElement;
}

/** With less time than this left on the lease, the server is asked how far a vote moved it on. */
const LEASE_SOON_MS = 1_800_000;

export class Desk {
  readonly data = signal<DeskData | null>(null);
  /** How far I am by the server's count; null until it was asked, at the end or near it. */
  readonly standing = signal<Standing | null>(null);
  readonly opening = signal<Opening>({ state: "loading" });

  readonly messages: Messages;
  readonly judging: Judging;
  readonly sending: Sending;
  readonly pictures: PicturesAhead;
  readonly panels = new Panels();
  readonly #parts: DeskParts;
  readonly #undo: UndoMemory;
  readonly #watch: Watch;

  constructor(parts: DeskParts) {
    this.#parts = parts;
    this.messages = parts.messages;
    const { batchId, userId, kept, send, alone } = parts;
    this.#undo = new UndoMemory(parts.keptByTab, userId, batchId);
    this.judging = new Judging({
      messages: parts.messages,
      undo: this.#undo,
      onChange: (event, before, after) => this.#follow(event, before, after),
    });
    this.pictures = new PicturesAhead(parts.makeImage);
    this.sending = new Sending({
      batchId,
      userId,
      kept,
      send,
      alone,
      onAccepted: (itemId, vote, newest) => {
        this.happen({ type: "accepted", itemId, vote, newest });
        if (this.#isLeaseShort()) void this.#askStanding();
      },
      onRefused: (itemId, code) => {
        this.panels.refusals.value = true;
        this.happen({ type: "refused", itemId, code });
        if (ENDS_THE_DESK.has(code)) this.close(code);
      },
      onAllSent: () => this.#atEnd(),
    });
    this.#watch = new Watch({ ask: parts.lease, onEnded: (code) => this.close(code) });
  }

  /** Whose desk it is. */
  get userId(): string {
    return this.#parts.userId;
  }

  get session(): Session {
    return this.judging.session.value;
  }

  get leasedUntil(): string | null {
    return this.standing.value?.leased_until ?? this.data.value?.batch.leased_until ?? null;
  }

  async open(): Promise<void> {
    this.opening.value = { state: "loading" };
    const answer = await this.#parts.load();
    if (answer.kind !== "ok") {
      const code = answer.kind === "refused" ? answer.code : "offline";
      this.opening.value = { state: "failed", code };
      return;
    }
    this.data.value = answer.data;
    const { items } = answer.data;
    const manual = answer.data.manual.reasons;
    const unsent = this.sending.unsent();
    this.happen({ type: "opened", items, manual, unsent, steps: this.#undo.load() });
    this.standing.value = null;
    this.opening.value = { state: "open" };
    this.sending.start();
    this.#watch.start();
    this.#atEnd();
  }

  /** Takes all pictures off the screen and says why. Votes stay on this device. */
  close(code: string): void {
    if (this.opening.value.state !== "open") return;
    this.#watch.stop();
    const data = this.data.value;
    const people = [data?.portraits, ...(data?.look_alikes.map((each) => each.portraits) ?? [])];
    const faces = people.flatMap((portraits) => portraits?.map(({ url }) => url) ?? []);
    const shown = [...this.pictures.drop(), ...faces];
    this.panels.clear();
    this.panels.open.value = null;
    this.data.value = null;
    this.standing.value = null;
    this.opening.value = { state: "closed", code };
    this.happen({ type: "left" });
    this.pictures.drop();
    this.#parts.forget?.(shown);
  }

  happen(event: Happened): void {
    this.judging.happen(event);
  }

  say(sentence: string): void {
    this.judging.said.value = sentence;
  }

  vote(verdict: Exclude<Verdict, "reject">): void {
    if (this.#mayVote(verdict)) this.happen({ type: "voted", vote: { verdict, reasons: [] } });
  }

  pick(reason: Reason, several: boolean): void {
    if (this.#mayVote("reject")) this.happen({ type: "picked", reason, several });
  }

  /** Casts the reasons that are picked. */
  confirm(): void {
    if (this.#mayVote("reject")) this.happen({ type: "confirmed" });
  }

  /** Whether the picture in view can be seen: nobody votes on one that has not arrived. */
  isShown(): boolean {
    return this.pictures.isReady(current(this.session));
  }

  /** The network or the person is back. */
  wake(): void {
    this.pictures.pool.retry();
    this.sending.wake();
    this.#watch.look();
  }

  /** Another tab wrote `key` into the storage both share. */
  heard(key: string | null): void {
    const pending = this.sending.heard(key);
    if (pending && pending.refused === undefined)
      this.happen({ type: "votedElsewhere", ...pending });
  }

  #mayVote(verdict: Verdict): boolean {
    if (this.isShown()) return true;
    const failed = this.pictures.hasFailed(current(this.session));
    if (failed && verdict === "unsure") return true;
    this.say(this.messages.say(failed ? "pictureFailed" : "pictureLoading"));
    return false;
  }

  #follow(event: Happened, before: Session, after: Session): void {
    if (CASTS.has(event.type)) {
      const changed = changedItems(before, after);
      this.sending.post(changed.map((itemId) => castOn(after, itemId)));
    }
    if (event.type === "left") return;
    if (after.at !== before.at || event.type === "opened") {
      this.panels.clear();
      this.pictures.turnTo(after);
    }
    if (after.at !== before.at) this.#atEnd();
  }

  /** At the end of the batch, once all is sent: what is left to say, and which batch comes next. */
  #atEnd(): void {
    const open = this.opening.value.state === "open";
    if (open && this.session.at === null && this.sending.now.value.unsent === 0) {
      void this.#askStanding();
    }
  }

  async #askStanding(): Promise<void> {
    const answer = await this.#parts.standing();
    if (answer.kind === "ok") this.standing.value = answer.data;
  }

  #isLeaseShort(): boolean {
    const until = this.leasedUntil;
    return until !== null && Date.parse(until) - Date.now() < LEASE_SOON_MS;
  }
}

function castOn(session: Session, itemId: number): Cast {
  const vote = voteOn(session, itemId);
  const item = session.items.find(({ id }) => id === itemId);
  return item ? { itemId, vote, picture: item.picture, number: item.number } : { itemId, vote };
}

const CASTS: ReadonlySet<Happened["type"]> = new Set(["voted", "released", "confirmed", "undone"]);
