/**
 * The desk at work: it passes what happens to the session, stores and sends what changed, keeps
 * pictures ready, and says in words what was done. The views only read its signals and call it.
 */
import { signal } from "@preact/signals";
import type { Answer } from "../shared/api";
import type { Messages } from "../shared/messages";
import { PicturePool } from "../shared/pictures";
import type { DeskData, Reason, Standing, Verdict } from "./core/contract";
import * as R from "./core/reads";
import { announcement } from "./core/says";
import { type Happened, next } from "./core/session";
import { NOTHING, type Session } from "./core/state";
import { UndoMemory } from "./core/undo-memory";
import type { Command } from "./input/keys";
import { newClientKey, Outbox, type Pending } from "./sending/outbox";
import { Sender, type SenderParts, type SendingState } from "./sending/sender";

export type Panel = "manual" | "help" | "people";
export type Opening = { state: "loading" } | { state: "open" } | { state: "failed"; code: string };

export interface DeskParts {
  readonly batchId: string;
  readonly userId: string;
  readonly messages: Messages;
  readonly load: () => Promise<Answer<DeskData>>;
  readonly standing: () => Promise<Answer<Standing>>;
  readonly send: (pending: Pending) => ReturnType<SenderParts["send"]>;
  readonly kept: Storage | null;
  readonly keptByTab: Storage | null;
  readonly alone?: SenderParts["alone"];
  readonly makeImage?: () => HTMLImageElement;
}

const PREFETCHED = 20;
/** Pictures behind the one in view that stay ready, for a quick way back. */
const KEPT_BEHIND = 4;
/** With less time than this left on the lease, the server is asked how far a vote moved it on. */
const LEASE_SOON_MS = 1_800_000;

export class Desk {
  readonly session = signal<Session>(NOTHING);
  readonly data = signal<DeskData | null>(null);
  /** How far I am by the server's count; null until it was asked, at the end or near it. */
  readonly standing = signal<Standing | null>(null);
  readonly opening = signal<Opening>({ state: "loading" });
  readonly sending = signal<{ unsent: number; state: SendingState }>({ unsent: 0, state: "idle" });
  /** Counts up when a picture has become ready, so that views look again. */
  readonly pictures = signal(0);
  readonly panel = signal<Panel | null>(null);
  /** On a phone: the reasons are laid open over the picture. */
  readonly sheet = signal(false);
  readonly zoomed = signal(false);
  /** The newest sentence for screen readers. */
  readonly said = signal("");

  readonly pool: PicturePool;
  readonly messages: Messages;
  readonly #parts: DeskParts;
  readonly #outbox: Outbox;
  readonly #undo: UndoMemory;
  readonly #sender: Sender;

  constructor(parts: DeskParts) {
    this.#parts = parts;
    this.messages = parts.messages;
    this.#outbox = new Outbox(parts.kept, parts.userId, parts.batchId);
    this.#undo = new UndoMemory(parts.keptByTab, parts.userId, parts.batchId);
    this.pool = new PicturePool(() => this.pictures.value++, parts.makeImage);
    this.#sender = new Sender({
      outbox: this.#outbox,
      send: parts.send,
      onAccepted: (itemId, vote, newest) => {
        this.happen({ type: "accepted", itemId, vote, newest });
        if (this.#isLeaseShort()) void this.#askStanding();
      },
      onRefused: (itemId, code) => this.happen({ type: "refused", itemId, code }),
      onChange: (unsent, state) => this.#noteSending(unsent, state),
      ...(parts.alone ? { alone: parts.alone } : {}),
    });
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
    const unsent = this.#outbox.all();
    this.happen({ type: "opened", items: answer.data.items, unsent, steps: this.#undo.load() });
    this.standing.value = null;
    this.opening.value = { state: "open" };
    this.#sender.kick();
    this.#atEnd();
  }

  happen(event: Happened): void {
    const before = this.session.value;
    const after = next(before, event);
    if (after === before) return;
    this.session.value = after;
    if (CASTS.has(event.type)) this.#post(before, after);
    if (after.steps !== before.steps && event.type !== "opened") this.#undo.save(after.steps);
    if (after.at !== before.at || event.type === "opened") this.#turnTo(after);
    if (after.at !== before.at) this.#atEnd();
    const words = announcement(this.messages, before, after);
    if (words) this.said.value = words;
  }

  vote(verdict: Exclude<Verdict, "reject">): void {
    if (this.#mayVote(verdict)) this.happen({ type: "voted", vote: { verdict, reasons: [] } });
  }

  pick(reason: Reason, several: boolean): void {
    if (this.#mayVote("reject")) this.happen({ type: "picked", reason, several });
  }

  /** One tap on a reason rejects for it, unless several are being collected. */
  rejectFor(reason: Reason): void {
    const { several } = this.session.value;
    this.pick(reason, several);
    if (!several) this.happen({ type: "confirmed" });
  }

  obey(command: Command): void {
    const { say } = this.messages;
    switch (command) {
      case "keep":
      case "unsure":
        this.vote(command);
        break;
      case "confirm":
        this.#confirm();
        break;
      case "cancel":
        this.sheet.value = false;
        this.happen({ type: "unpicked" });
        break;
      case "undo":
        if (!R.canUndo(this.session.value)) this.said.value = say("nothingToUndo");
        this.happen({ type: "undone" });
        break;
      case "back":
        this.happen({ type: "moved", by: -1 });
        break;
      case "forward":
        this.happen({ type: "moved", by: 1 });
        break;
      case "zoom":
        this.zoomed.value = !this.zoomed.value && this.isShown();
        break;
      case "manual":
      case "help":
        this.panel.value = this.panel.value === command ? null : command;
    }
  }

  /** Whether the picture in view can be seen: nobody votes on one that has not arrived. */
  isShown(): boolean {
    const item = R.current(this.session.value);
    return item !== null && this.pool.state(item.preview_url) === "ready";
  }

  /** The network or the person is back. */
  wake(): void {
    this.pool.retry();
    this.#sender.wake();
  }

  /** Another tab wrote `key` into the storage both share. */
  heard(key: string | null): void {
    if (!key?.startsWith(this.#outbox.prefix)) return;
    const pending = this.#outbox.newest(Number(key.slice(this.#outbox.prefix.length)));
    if (pending) this.happen({ type: "votedElsewhere", ...pending });
    this.#sender.kick();
  }

  get leasedUntil(): string | null {
    return this.standing.value?.leased_until ?? this.data.value?.batch.leased_until ?? null;
  }

  get couldLose(): boolean {
    return this.#outbox.couldLose;
  }

  #confirm(): void {
    const { at, chosen } = this.session.value;
    if (at === null && R.counts(this.session.value).left > 0) this.happen({ type: "resumed" });
    else if (chosen.length > 0 && this.#mayVote("reject")) this.happen({ type: "confirmed" });
  }

  #mayVote(verdict: Verdict): boolean {
    if (this.isShown()) return true;
    const item = R.current(this.session.value);
    const failed = item !== null && this.pool.state(item.preview_url) === "failed";
    if (failed && verdict === "unsure") return true;
    this.said.value = this.messages.say(failed ? "pictureFailed" : "pictureLoading");
    return false;
  }

  #post(before: Session, after: Session): void {
    for (const itemId of R.changedItems(before, after)) {
      const vote = R.voteOn(after, itemId);
      this.#outbox.put({ itemId, vote, clientKey: newClientKey(), at: Date.now() });
    }
    this.#sender.kick();
  }

  #turnTo(session: Session): void {
    this.sheet.value = false;
    this.zoomed.value = false;
    this.pool.want(R.lookahead(session, PREFETCHED, KEPT_BEHIND).map((item) => item.preview_url));
  }

  #noteSending(unsent: number, state: SendingState): void {
    const now = this.sending.value;
    if (now.unsent !== unsent || now.state !== state) this.sending.value = { unsent, state };
    if (unsent === 0 && now.unsent > 0) this.#atEnd();
  }

  /** At the end of the batch, once all is sent: what is left to say, and which batch comes next. */
  #atEnd(): void {
    const open = this.opening.value.state === "open";
    if (open && this.session.value.at === null && this.sending.value.unsent === 0) {
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

const CASTS: ReadonlySet<Happened["type"]> = new Set(["voted", "released", "confirmed", "undone"]);
