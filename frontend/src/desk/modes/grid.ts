/**
 * Many pictures at once: mark the fewer side, send the page. What it casts are single votes like
 * any other, by the same session and the same outbox.
 */
import { signal } from "@preact/signals";
import type { Messages } from "../../shared/messages";
import { type DeskItem, labelOf, type Reason, type Vote } from "../core/contract";
import type { Judging } from "../core/judging";
import { MOMENT_MS, type Moment } from "../core/moment";
import type { PicturesAhead } from "../core/pictures-ahead";
import { isApart } from "../core/reads";
import { voteInWords } from "../core/says";
import type { LatestApart, Session, Step } from "../core/state";
import { DUPLICATE, groupOf, keptFramed } from "./groups";
import { keepsNone, type Obstacle, toGroup, toPage, unseen } from "./obstacles";
import {
  framedAt,
  isOver,
  KEEP,
  marked,
  marksOf,
  NO_PAGE,
  openMarks,
  type Page,
  pageOf,
  restOf,
  type Seen,
  SIZES,
  UNSURE,
  votesOf,
  type Way,
  withReason,
} from "./page";

export interface GridParts {
  readonly messages: Messages;
  readonly judging: Judging;
  readonly pictures: PicturesAhead;
  readonly moment: Moment;
  /** Mixes the pictures of a batch, for each person their own way. */
  readonly seed: string;
  readonly onChoice: () => void;
  /** Pages are groups of these, of which one is kept. */
  readonly pairs?: () => readonly (readonly number[])[];
}

/** Pixels of the screen on a side of a picture from which its thumbnail is too small. */
const THUMB_ENOUGH_PX = 400;

export class Grid implements Seen {
  readonly page = signal<Page>(NO_PAGE);
  readonly way = signal<Way>("reject");
  readonly size = signal(3);
  /** What taps reject for, or in the other way what all unmarked pictures are rejected for. */
  readonly reason = signal<Reason | null>(null);
  /** Whether taps mark as unsure. */
  readonly tapsUnsure = signal(false);
  readonly #parts: GridParts;
  /** Whether the page shows thumbnails. It stays so when the window changes: those are at hand. */
  #thumbs = true;
  #markedLast = { itemId: 0, at: Number.NEGATIVE_INFINITY };

  constructor(parts: GridParts) {
    this.#parts = parts;
  }

  /** Whether pages are groups of which the framed one is kept. */
  get isBurst(): boolean {
    return this.#parts.pairs !== undefined;
  }

  get rest(): Vote | null {
    if (this.isBurst) return DUPLICATE;
    return restOf(this.way.value, this.reason.value);
  }

  /** Begins with the pictures of `first`, as they were marked. What is marked stays so. */
  turn(session: Session, first: readonly number[] = [], marks: Page["marks"] = {}): void {
    const { moment } = this.#parts;
    const kept = openMarks({ ...this.page.value.marks, ...marks }, session);
    const page = this.#next(session, first);
    const byKey = moment.hand === "key" ? (page.items[0]?.id ?? null) : null;
    const turned = { ...page, marks: kept, framed: byKey };
    const side = Math.min(innerWidth, innerHeight) / this.size.value;
    this.#thumbs = !this.isBurst && side * devicePixelRatio <= THUMB_ENOUGH_PX;
    this.page.value = this.isBurst ? keptFramed(turned) : turned;
    this.#parts.pictures.pool.want(this.#wanted(session));
  }

  #next(session: Session, first: readonly number[]): Page {
    const { seed, pairs } = this.#parts;
    if (!pairs) return pageOf(session, { seed, count: this.size.value ** 2, first });
    const page = groupOf(session, pairs(), seed, first);
    this.size.value = Math.max(Math.ceil(Math.sqrt(page.items.length)), 1);
    return page;
  }

  /** The session went on from `before` to `after`. */
  follow(before: Session, after: Session): void {
    if (after.items !== before.items) this.#begin(after);
    const latest = after.latest === before.latest ? null : after.latest;
    if (latest && isApart(latest)) this.#regroup(after, latest);
    else if (latest?.undone) this.#turnBack(after, latest.together ?? [latest]);
    else if (latest || isOver(this.page.value, after)) this.turn(after);
  }

  /** The next group, or the one that is one again. */
  #regroup(session: Session, { apart, undone }: LatestApart): void {
    if (this.isBurst) this.turn(session, undone ? apart : []);
  }

  /** With other items may come another manual. */
  #begin(session: Session): void {
    this.page.value = NO_PAGE;
    const isKnown = session.manual.some(({ code }) => code === this.reason.value);
    if (!isKnown) this.reason.value = null;
    this.turn(session);
  }

  /** Shows all that was taken back. */
  #turnBack(session: Session, steps: readonly Step[]): void {
    const first = steps.map(({ itemId }) => itemId);
    const fitting = Math.min(Math.ceil(Math.sqrt(first.length)), SIZES.most);
    this.size.value = Math.max(this.size.value, fitting);
    this.turn(session, first, marksOf(steps, this.rest));
  }

  /** Addresses of the pictures to have, this page's first and then the next one's. */
  #wanted(session: Session): string[] {
    const { seed } = this.#parts;
    const here = this.page.value.items;
    const coming = pageOf(session, {
      seed,
      count: 2 * this.size.value ** 2,
      first: here.map(({ id }) => id),
    });
    return [...here, ...coming.items].map((item) => this.addressOf(item));
  }

  addressOf(item: DeskItem): string {
    return this.#thumbs ? item.thumb_url : item.preview_url;
  }

  isShown = (item: DeskItem): boolean =>
    this.#parts.pictures.pool.state(this.addressOf(item)) === "ready";

  hasFailed = (item: DeskItem): boolean =>
    this.#parts.pictures.pool.state(this.addressOf(item)) === "failed";

  isLineGone = (): boolean => this.#parts.pictures.isLineGone.value;

  /** What the page would cast now, but for a reason that is still wanting. */
  votes() {
    void this.#parts.pictures.arrived.value;
    const rest = this.rest ?? { verdict: "reject", reasons: [] };
    return votesOf(this.#asCast(), this.#parts.judging.session.value, rest, this);
  }

  /** In a group the framed picture is kept unless it is marked. */
  #asCast(): Page {
    const page = this.page.value;
    if (!this.isBurst || page.framed === null) return page;
    return { ...page, marks: { [page.framed]: KEEP, ...page.marks } };
  }

  get framed(): DeskItem | null {
    const { items, framed } = this.page.value;
    return items.find(({ id }) => id === framed) ?? null;
  }

  move(dx: number, dy: number): void {
    this.page.value = framedAt(this.page.value, this.size.value, dx, dy);
    this.#tell();
  }

  frame(itemId: number): void {
    this.page.value = { ...this.page.value, framed: itemId };
  }

  /** A tap on a picture. */
  tap(itemId: number): void {
    this.frame(itemId);
    if (this.isBurst) this.#tell();
    else if (this.tapsUnsure.value) this.mark(itemId, UNSURE);
    else if (this.way.value === "keep") this.mark(itemId, KEEP);
    else if (this.reason.value === null) this.#say("gridChooseFirst");
    else this.mark(itemId, { verdict: "reject", reasons: [this.reason.value] });
  }

  /** By key it marks the framed picture; by hand it is chosen for the taps that follow. */
  pick(reason: Reason): void {
    this.reason.value = reason;
    this.tapsUnsure.value = false;
    if (this.isBurst || (this.way.value === "reject" && this.#parts.moment.hand === "key")) {
      this.markFramed({ verdict: "reject", reasons: [reason] });
    }
  }

  pickUnsure(): void {
    if (this.isBurst || this.#parts.moment.hand === "key") this.markFramed(UNSURE);
    else this.tapsUnsure.value = !this.tapsUnsure.value;
  }

  /** Adds the reason to the framed picture's. */
  add(reason: Reason): void {
    const { framed } = this.page.value;
    if (framed === null || this.way.value === "keep") return;
    this.page.value = withReason(this.page.value, framed, reason);
    this.#tell();
  }

  markFramed(vote: Vote | null): void {
    const framed = this.page.value.framed ?? this.page.value.items[0]?.id;
    if (framed === undefined) return;
    this.frame(framed);
    this.mark(framed, vote);
  }

  /** A mark that comes back at once was a finger that bounced. */
  mark(itemId: number, vote: Vote | null): void {
    const { moment } = this.#parts;
    const now = performance.now();
    const bounced =
      this.#markedLast.itemId === itemId && now - this.#markedLast.at < MOMENT_MS[moment.hand];
    if (bounced) return;
    this.#markedLast = { itemId, at: now };
    this.page.value = marked(this.page.value, itemId, vote);
    this.#tell();
  }

  send(): void {
    const obstacle = this.#obstacle();
    if (obstacle) this.#say(obstacle);
    else this.#parts.judging.happen({ type: "votedTogether", votes: this.votes() });
  }

  #obstacle(): Obstacle | null {
    if (!this.#parts.moment.isOver()) return "tooSoon";
    if (this.rest === null) return "gridChooseRest";
    return (this.isBurst ? toGroup : toPage)(this.page.value, this.votes(), this);
  }

  /** Whether it is yet to be chosen which one of a group is kept. */
  get wantsKept(): boolean {
    return this.isBurst && (this.framed === null || keepsNone(this.votes()));
  }

  /** Whether all of the page have been looked at; says what is in the way. */
  isLookedAt(): boolean {
    const isOver = this.#parts.moment.isOver();
    const obstacle = isOver ? unseen(this.page.value.items, this) : "tooSoon";
    if (obstacle) this.#say(obstacle);
    return obstacle === null;
  }

  takesSize(size: number): boolean {
    const least = narrow() ? SIZES.least : SIZES.least + 1;
    return size >= least && size <= SIZES.most;
  }

  resize(size: number, session: Session): void {
    if (!this.takesSize(size)) return;
    this.size.value = size;
    const { items, marks } = this.page.value;
    this.turn(
      session,
      items.map(({ id }) => id),
      marks,
    );
    this.#parts.onChoice();
  }

  /** What was marked for one way means nothing for the other. */
  turnAround(): void {
    this.way.value = this.way.value === "reject" ? "keep" : "reject";
    this.reason.value = null;
    this.tapsUnsure.value = false;
    this.page.value = { ...this.page.value, marks: {} };
    this.#parts.onChoice();
  }

  #tell(): void {
    const { messages, judging } = this.#parts;
    const item = this.framed;
    if (!item) return;
    const vote = this.#asCast().marks[item.id] ?? this.rest;
    const { manual } = judging.session.value;
    judging.said.value = messages.say("latest", {
      number: labelOf(item),
      vote: vote ? voteInWords(messages, manual, vote) : messages.say("reject"),
    });
  }

  #say(key: Obstacle | "gridChooseFirst"): void {
    this.#parts.judging.said.value = this.#parts.messages.say(key);
  }
}

/** A phone held upright. */
export function narrow(): boolean {
  return innerWidth < 768;
}
