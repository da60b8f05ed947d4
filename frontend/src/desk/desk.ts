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
  ENDS_THE_DESK,
  type ManualReason,
  type NextBatch,
  type Standing,
  type Told,
} from "./core/contract";
import { fromTaken } from "./core/from-taken";
import { GoingOn } from "./core/going-on";
import { HowFar } from "./core/how-far";
import { Judging } from "./core/judging";
import { Looking } from "./core/looking";
import { Moment } from "./core/moment";
import { Panels } from "./core/panels";
import { PicturesAhead } from "./core/pictures-ahead";
import { current } from "./core/reads";
import type { Happened } from "./core/session";
import type { Session } from "./core/state";
import { Telling } from "./core/telling";
import { UndoMemory } from "./core/undo-memory";
import { AskingAbout } from "./modes/asking-about";
import { Modes } from "./modes/modes";
import { type DistinctParts, TellingApart } from "./modes/telling-apart";
import { castsOf } from "./sending/casts";
import { curedBy } from "./sending/cured";
import { happenedElsewhere } from "./sending/elsewhere";
import type { News, Pending } from "./sending/outbox";
import { Sending, type SendingParts } from "./sending/sending";
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
  readonly told: (itemId: number) => Promise<Answer<Told>>;
  readonly asking: AskingParts;
  readonly distinct: DistinctParts;
  /** Whether the pictures may stay on the screen. */
  readonly lease: () => Promise<Answer<unknown>>;
  /** Takes pictures out of the browser's cache. */
  readonly forget?: (urls: readonly string[]) => void;
  readonly keptByTab: Storage | null;
  readonly makeImage?: (url: string) => HTMLImageElement;
}

export class Desk {
  readonly data = signal<DeskData | null>(null);
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
  readonly askingAbout: AskingAbout;
  readonly howFar: HowFar;
  readonly goingOn: GoingOn;
  readonly along: Along;
  readonly #parts: DeskParts;
  readonly #undo: UndoMemory;
  readonly #watch: Watch;

  constructor(parts: DeskParts) {
    this.#parts = parts;
    this.messages = parts.messages;
    this.along = parts.along;
    const { messages, userId, batchId, kept } = parts;
    this.#undo = new UndoMemory(parts.keptByTab, userId, batchId);
    this.judging = new Judging({
      ...{ messages, undo: this.#undo },
      onChange: (event, before, after) => this.#follow(event, before, after),
    });
    this.telling = new Telling(kept, userId, parts.told);
    this.asking = new Asking(parts.asking, parts.keptByTab, userId, batchId);
    this.pictures = new PicturesAhead(parts.makeImage);
    const { judging, pictures, moment, panels, asking, along } = this;
    const seed = `${userId} ${batchId}`;
    this.modes = new Modes({ messages, judging, pictures, moment, seed, kept, userId });
    const { modes } = this;
    const onEnded = (code: string) => this.close(code);
    const { distinct } = parts;
    this.apart = new TellingApart({ messages, judging, modes, distinct, onEnded });
    this.askingAbout = new AskingAbout({ messages, judging, modes, panels, asking, onEnded });
    this.howFar = new HowFar({
      ask: parts.standing,
      now: () => along.now(),
      onLease: (until) => along.leasedUntil(until),
    });
    this.sending = this.#sendingBy(parts);
    const leave = () => this.#watch.stop();
    this.goingOn = new GoingOn({ ask: parts.work, go: parts.go, leave });
    const onAnswer = (came: boolean) => this.#hearOfLine(came);
    this.#watch = new Watch({ ask: parts.lease, onAnswer, onEnded });
  }

  #sendingBy({ batchId, userId, kept, send, alone, shelf }: DeskParts): Sending {
    return new Sending({
      ...{ batchId, userId, kept, send, alone },
      ...(shelf && { shelf }),
      onNews: (pending, news) => this.#hear(pending, news),
      onAccepted: (itemId, vote, newest) => {
        this.happen({ type: "accepted", itemId, vote, newest });
        this.along.stored(itemId, vote);
        this.howFar.votedOn();
      },
      onRefused: (itemId, code) => {
        this.panels.refusals.value = true;
        this.happen({ type: "refused", itemId, code });
        if (ENDS_THE_DESK.has(code)) this.close(code);
      },
      onAllSent: () => this.#atEnd(),
    });
  }

  /** Whose votes these are, and of which batch. */
  get origin(): { readonly userId: string; readonly batchId: string } {
    return this.#parts;
  }

  get session(): Session {
    return this.judging.session.value;
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
    this.howFar.begin(data.batch.leased_until);
    this.opening.value = { state: "open" };
    this.#watch.start();
    void this.#afterFirstPicture();
    this.#atEnd();
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
    this.howFar.begin(null);
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
    this.#hear(this.sending.heard(key));
  }

  #hear(pending: Pending | null, news?: News): void {
    const event = happenedElsewhere(pending, news);
    if (event) this.happen(event);
  }

  #follow(event: Happened, before: Session, after: Session): void {
    if (event.type !== "accepted") this.apart.trouble.value = "";
    const casts = castsOf(event, before, after, this.data.value?.manual.version);
    if (casts.length > 0) this.sending.post(casts);
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
      void this.howFar.ask();
      void this.asking.look();
    }
  }
}

/** What brings other pictures into view, whatever the one picture in view is. */
const TURNS: ReadonlySet<Happened["type"]> = new Set([
  ...(["opened", "votedTogether", "undone", "readdressed"] as const),
]);
