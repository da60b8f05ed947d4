/**
 * The desk at work, put together from its parts: the session, what is sent of it, the pictures and
 * what lies over them. The views read its signals; what people do goes through its actions.
 */
import { signal } from "@preact/signals";
import type { Answer } from "../shared/api";
import type { Messages } from "../shared/messages";
import type { Along } from "./along/along";
import { Asking, type AskingParts } from "./core/asking";
import {
  type DeskData,
  type DeskItem,
  ENDS_THE_DESK,
  type ManualReason,
  type NextBatch,
  type Reason,
  type Standing,
  type Told,
  type Verdict,
} from "./core/contract";
import { fromTaken } from "./core/from-taken";
import { GoingOn } from "./core/going-on";
import { Judging } from "./core/judging";
import { Looking } from "./core/looking";
import { Moment } from "./core/moment";
import { Panels } from "./core/panels";
import { PicturesAhead } from "./core/pictures-ahead";
import { changedItems, current, voteOn } from "./core/reads";
import type { Happened } from "./core/session";
import type { Session } from "./core/state";
import { Telling } from "./core/telling";
import { UndoMemory } from "./core/undo-memory";
import { Modes } from "./modes/modes";
import { type DistinctParts, TellingApart } from "./modes/telling-apart";
import { curedBy } from "./sending/cured";
import type { Pending } from "./sending/outbox";
import { type Cast, Sending, type SendingParts } from "./sending/sending";
import { Watch } from "./sending/watch";

/** `closed`: it was open, and its pictures had to go. */
export type Opening =
  | { state: "loading" }
  | { state: "open" }
  | { state: "failed" | "closed"; code: string };

export interface DeskParts
  extends Pick<SendingParts, "batchId" | "userId" | "send" | "kept" | "alone" | "shelf"> {
  readonly messages: Messages;
  readonly along: Along;
  readonly load: () => Promise<Answer<DeskData>>;
  readonly standing: () => Promise<Answer<Standing>>;
  /** Asks for the batch to go on with. */
  readonly work: () => Promise<Answer<NextBatch>>;
  /** Opens another page. */
  readonly go: (url: string) => void;
  /** What the machine and others think of an item that has my vote. */
  readonly told?: (itemId: number) => Promise<Answer<Told>>;
  readonly asking: AskingParts;
  readonly distinct: DistinctParts;
  /** Whether the pictures may stay on the screen. */
  readonly lease: () => Promise<Answer<unknown>>;
  /** Takes pictures out of the browser's cache. */
  readonly forget?: (urls: readonly string[]) => void;
  readonly keptByTab: Storage | null;
  readonly makeImage?: (url: string) => HTMLImageElement;
}

/** With less time than this left on the lease, the server is asked how far a vote moved it on. */
const LEASE_SOON_MS = 1_800_000;

export class Desk {
  readonly data = signal<DeskData | null>(null);
  /** How far I am by the server's count; null until it was asked, at the end or near it. */
  readonly standing = signal<Standing | null>(null);
  readonly opening = signal<Opening>({ state: "loading" });
  /** What pictures can be rejected for; it stays when the pictures have to go. */
  manual: readonly ManualReason[] = [];

  readonly messages: Messages;
  readonly judging: Judging;
  readonly sending: Sending;
  readonly pictures: PicturesAhead;
  readonly panels = new Panels();
  readonly looking = new Looking();
  readonly moment = new Moment();
  readonly modes: Modes;
  readonly apart: TellingApart;
  readonly telling: Telling;
  readonly asking: Asking;
  readonly goingOn: GoingOn;
  readonly along: Along;
  readonly #parts: DeskParts;
  readonly #undo: UndoMemory;
  readonly #watch: Watch;

  constructor(parts: DeskParts) {
    this.#parts = parts;
    this.messages = parts.messages;
    this.along = parts.along;
    const { batchId, userId, kept, send, alone, shelf } = parts;
    this.#undo = new UndoMemory(parts.keptByTab, userId, batchId);
    this.judging = new Judging({
      messages: parts.messages,
      undo: this.#undo,
      onChange: (event, before, after) => this.#follow(event, before, after),
    });
    this.telling = new Telling(kept, userId);
    this.asking = new Asking(parts.asking, parts.keptByTab, userId, batchId);
    this.pictures = new PicturesAhead(parts.makeImage);
    this.modes = new Modes({
      messages: parts.messages,
      judging: this.judging,
      pictures: this.pictures,
      moment: this.moment,
      seed: `${userId} ${batchId}`,
      kept,
      userId,
    });
    const { messages, judging, modes } = this;
    this.apart = new TellingApart({
      ...{ messages, judging, modes, distinct: parts.distinct },
      onEnded: (code) => this.close(code),
    });
    this.sending = new Sending({
      batchId,
      userId,
      kept,
      send,
      alone,
      ...(shelf && { shelf }),
      onNews: (pending, news) => {
        if (news?.stored !== undefined) {
          const { itemId, stored: vote } = news;
          this.happen({ type: "accepted", itemId, vote, newest: pending === null });
        } else if (pending) this.#hear(pending);
      },
      onAccepted: (itemId, vote, newest) => {
        this.happen({ type: "accepted", itemId, vote, newest });
        this.along.stored(itemId, vote);
        if (this.#isLeaseShort()) void this.#askStanding();
      },
      onRefused: (itemId, code) => {
        this.panels.refusals.value = true;
        this.happen({ type: "refused", itemId, code });
        if (ENDS_THE_DESK.has(code)) this.close(code);
      },
      onAllSent: () => this.#atEnd(),
    });
    this.goingOn = new GoingOn({
      ask: parts.work,
      go: parts.go,
      leave: () => this.#watch.stop(),
    });
    this.#watch = new Watch({
      ask: parts.lease,
      onAnswer: (came) => this.#hearOfLine(came),
      onEnded: (code) => this.close(code),
    });
  }

  /** The picture that a question would be about. */
  get inFocus(): DeskItem | null {
    return this.modes.inFocus(this.session);
  }

  /** Whose desk it is. */
  get userId(): string {
    return this.#parts.userId;
  }

  /** Whose votes these are, and of which batch. */
  get origin(): { readonly userId: string; readonly batchId: string } {
    return this.#parts;
  }

  get session(): Session {
    return this.judging.session.value;
  }

  get leasedUntil(): string | null {
    return this.standing.value?.leased_until ?? this.data.value?.batch.leased_until ?? null;
  }

  async open(): Promise<void> {
    this.opening.value = { state: "loading" };
    const [answer] = await Promise.all([this.#parts.load(), this.sending.known()]);
    if (answer.kind !== "ok") {
      const code = answer.kind === "refused" ? answer.code : "offline";
      if (answer.kind === "refused") void this.along.leave();
      this.opening.value = { state: "failed", code };
      return;
    }
    const data = await this.along.received(answer.data);
    this.data.value = data;
    const { items } = data;
    this.modes.gridOpen = data.grid_open;
    // A batch that was taken along before there were questions has none.
    this.asking.show(data.questions ?? []);
    const manual = data.manual.reasons;
    this.manual = manual;
    this.sending.retryRefused(curedBy(items));
    const unsent = this.sending.unsent();
    this.happen({ type: "opened", items, manual, unsent, steps: this.#undo.load() });
    this.standing.value = null;
    this.opening.value = { state: "open" };
    this.#watch.start();
    void this.#afterFirstPicture();
    this.#atEnd();
  }

  /** Asks about the picture that is looked at; on a page with none framed, the next tap says which. */
  chooseToAsk(): void {
    const { choosing } = this.panels;
    if (this.inFocus) this.panels.toggle("ask");
    else choosing.value = !choosing.value && !this.modes.isAtEnd(this.session);
    if (choosing.value) this.say(this.messages.say("askChoose"));
  }

  /** A tap on a picture of the page. */
  tap(itemId: number): void {
    const grid = this.modes.page ?? this.modes.grid;
    if (this.panels.choosing.value) {
      grid.frame(itemId);
      this.panels.toggle("ask");
    } else grid.tap(itemId);
  }

  /** What there is to tell of an item; the server says it only once my vote is stored. */
  async tell(itemId: number): Promise<Answer<Told> | undefined> {
    return this.#parts.told?.(itemId);
  }

  /** Asks the organiser about an item, or takes that back; returns whether it is stored, or why not. */
  async ask(itemId: number, text: string | null): Promise<string | null> {
    const item = this.session.items.find(({ id }) => id === itemId);
    const answer =
      text === null
        ? await this.asking.withdraw(itemId)
        : await this.asking.ask(itemId, text, item?.picture ?? "");
    if (answer.kind === "ok") return null;
    const code = answer.kind === "refused" ? answer.code : "offline";
    if (ENDS_THE_DESK.has(code)) this.close(code);
    return code;
  }

  /** What can wait: the first picture has the line for itself. */
  async #afterFirstPicture(): Promise<void> {
    if (current(this.session)) await this.pictures.whenOneHasCome();
    void this.sending.reach();
    void this.along.settleIn();
    const answer = await this.#parts.distinct.near();
    if (answer.kind === "ok") this.modes.learn(answer.data, this.session);
  }

  /** Puts the batch on this device, and shows its pictures from there. */
  async takeAlong(): Promise<void> {
    const isHere = await this.along.take();
    const data = this.data.value;
    if (!isHere || !data) return;
    const { userId, batchId } = this.#parts;
    this.data.value = fromTaken(data, userId, batchId);
    this.happen({ type: "readdressed", items: this.data.value.items });
  }

  /** Without a line nobody says that the lease has ended, but the clock. */
  #hearOfLine(isThere: boolean): void {
    const { isLineGone } = this.pictures;
    const isBack = isThere && isLineGone.value;
    isLineGone.value = !isThere;
    if (isThere) this.apart.wake();
    if (isBack) {
      this.pictures.pool.retry();
      this.sending.wake();
    }
    const isOver = this.along.isOver();
    if (isOver && !isThere) this.close("lease_expired");
  }

  /** Takes all pictures off the screen and says why. Votes stay on this device. */
  close(code: string): void {
    void this.along.leave();
    if (this.opening.value.state !== "open") return;
    this.#watch.stop();
    const data = this.data.value;
    const people = [data?.portraits, ...(data?.look_alikes.map((each) => each.portraits) ?? [])];
    const faces = people.flatMap((portraits) => portraits?.map(({ url }) => url) ?? []);
    const twins = this.modes.near.value?.twins.map(({ preview_url }) => preview_url) ?? [];
    const shown = [...this.pictures.drop(), ...faces, ...twins];
    this.panels.clear();
    this.panels.open.value = null;
    this.looking.close();
    this.data.value = null;
    this.standing.value = null;
    this.asking.show([]);
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

  /** Takes back what was done last, a vote or anything else. */
  undo(): void {
    this.apart.undo();
  }

  /** Whether the picture in view can be seen: nobody votes on one that has not arrived. */
  isShown(): boolean {
    return this.pictures.isReady(current(this.session));
  }

  /** The network or the person is back. */
  wake(): void {
    this.pictures.pool.retry();
    this.sending.wake();
    this.apart.wake();
    this.#watch.look();
    if (this.opening.value.state === "closed") void this.#openIfGivenAgain();
    if (this.opening.value.state === "open") void this.asking.look();
  }

  async #openIfGivenAgain(): Promise<void> {
    const answer = await this.#parts.lease();
    if (answer.kind === "ok" && this.opening.value.state === "closed") await this.open();
  }

  /** Another tab wrote `key` into the storage both share. */
  heard(key: string | null): void {
    const pending = this.sending.heard(key);
    if (pending) this.#hear(pending);
  }

  #hear(pending: Pending): void {
    const { itemId, refused: code } = pending;
    if (code === undefined) this.happen({ type: "votedElsewhere", ...pending });
    else this.happen({ type: "refused", itemId, code });
  }

  #mayVote(verdict: Verdict): boolean {
    if (!this.moment.isOver()) {
      this.say(this.messages.say("tooSoon"));
      return false;
    }
    if (this.isShown()) return true;
    const item = current(this.session);
    if (this.pictures.isMissing(item) && verdict === "unsure") return true;
    if (this.pictures.isLineGone.value) this.say(this.messages.say("pictureNotHere"));
    else
      this.say(
        this.messages.say(this.pictures.hasFailed(item) ? "pictureFailed" : "pictureLoading"),
      );
    return false;
  }

  #follow(event: Happened, before: Session, after: Session): void {
    if (event.type !== "accepted") this.apart.trouble.value = "";
    if (CASTS.has(event.type)) {
      const changed = changedItems(before, after);
      const shown = this.data.value?.manual.version;
      const manual = shown === undefined ? {} : { manual: shown };
      this.sending.post(changed.map((itemId) => ({ ...castOn(after, itemId), ...manual })));
    }
    const turned = after.at !== before.at || TURNS.has(event.type);
    this.modes.follow(before, after, turned);
    if (event.type === "left") return;
    if (turned) {
      this.panels.clear();
      this.looking.turn();
    }
    if (after.at !== before.at) this.#atEnd();
  }

  /** At the end of the batch, once all is sent: what is left to say, and which batch comes next. */
  #atEnd(): void {
    const open = this.opening.value.state === "open";
    if (open && this.session.at === null && this.sending.now.value.unsent === 0) {
      void this.#askStanding();
      void this.asking.look();
    }
  }

  async #askStanding(): Promise<void> {
    const answer = await this.#parts.standing();
    if (answer.kind !== "ok") return;
    this.standing.value = answer.data;
    this.along.leasedUntil(answer.data.leased_until);
  }

  #isLeaseShort(): boolean {
    const until = this.leasedUntil;
    return until !== null && Date.parse(until) - this.along.now() < LEASE_SOON_MS;
  }
}

function castOn(session: Session, itemId: number): Cast {
  const vote = voteOn(session, itemId);
  const item = session.items.find(({ id }) => id === itemId);
  return item ? { itemId, vote, picture: item.picture, place: item.position } : { itemId, vote };
}

const CASTS: ReadonlySet<Happened["type"]> = new Set([
  "voted",
  "votedTogether",
  "released",
  "confirmed",
  "undone",
]);
/** What brings other pictures into view, whatever the one picture in view is. */
const TURNS: ReadonlySet<Happened["type"]> = new Set([
  ...(["opened", "votedTogether", "undone", "readdressed"] as const),
]);
