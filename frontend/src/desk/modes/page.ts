/** A page of pictures judged together, as a value: what is on it, what is marked, what it casts. */
import { type DeskItem, type Reason, sameVote, type Vote } from "../core/contract";
import { queue } from "../core/reads";
import type { VoteOn } from "../core/session";
import type { Session, Step } from "../core/state";
import { mixed } from "./mixed";

/** Which side is marked, the fewer one; all others get the other verdict. */
export type Way = "reject" | "keep";

export interface Page {
  readonly items: readonly DeskItem[];
  /** The one that keys mark, by its id. */
  readonly framed: number | null;
  /** Also of pictures on other pages, until they are cast. */
  readonly marks: Readonly<Record<number, Vote>>;
}

export const NO_PAGE: Page = { items: [], framed: null, marks: {} };

export const KEEP: Vote = { verdict: "keep", reasons: [] };
export const UNSURE: Vote = { verdict: "unsure", reasons: [] };

/** Pictures on a side of the page. */
export const SIZES = { least: 2, most: 6 } as const;

/** The next pictures without a vote of mine, mixed by `seed`; those in `first` come first. */
export function pageOf(
  session: Session,
  { seed, count, first = [] }: { seed: string; count: number; first?: readonly number[] },
): Page {
  const open = queue(session).filter((item) => !session.votes[item.id]);
  const order = mixed(open, seed);
  const again = order.filter((item) => first.includes(item.id));
  const items = [...again, ...order.filter((item) => !again.includes(item))].slice(0, count);
  return { ...NO_PAGE, items };
}

/** The marks that can still be cast, on this page or a later one. */
export function openMarks(marks: Page["marks"], session: Session): Page["marks"] {
  const open = Object.entries(marks).filter(([itemId]) => !session.votes[Number(itemId)]);
  return Object.fromEntries(open);
}

/** The page as it was before it was sent: `steps` are what was taken back. */
export function marksOf(steps: readonly Step[], rest: Vote | null): Page["marks"] {
  const marks: Record<number, Vote> = {};
  for (const { itemId, before } of steps) {
    if (before && !sameVote(before, rest)) marks[itemId] = before;
  }
  return marks;
}

/** Marks an item; the same mark again takes it off. */
export function marked(page: Page, itemId: number, vote: Vote | null): Page {
  if (!page.items.some((item) => item.id === itemId)) return page;
  const { [itemId]: mark = null, ...others } = page.marks;
  if (vote === null || sameVote(mark, vote)) return { ...page, marks: others };
  return { ...page, marks: { ...others, [itemId]: vote } };
}

/** Adds a reason to those of an item, or takes it out again. */
export function withReason(page: Page, itemId: number, reason: Reason): Page {
  const mine = page.marks[itemId]?.reasons ?? [];
  const reasons = mine.includes(reason) ? mine.filter((one) => one !== reason) : [...mine, reason];
  return marked(page, itemId, reasons.length > 0 ? { verdict: "reject", reasons } : null);
}

/** Moves the frame by columns and rows; from nowhere to the first picture. */
export function framedAt(page: Page, columns: number, dx: number, dy: number): Page {
  const place = page.items.findIndex((item) => item.id === page.framed);
  const column = (place % columns) + dx;
  const beyond = column < 0 || column >= columns;
  const wanted = place === -1 ? 0 : beyond ? -1 : place + dx + dy * columns;
  const item = page.items[wanted];
  return item ? { ...page, framed: item.id } : page;
}

/** What becomes of the pictures that are not marked; null while a reason for them is wanting. */
export function restOf(way: Way, reason: Reason | null): Vote | null {
  if (way === "reject") return KEEP;
  return reason === null ? null : { verdict: "reject", reasons: [reason] };
}

export interface Seen {
  readonly isShown: (item: DeskItem) => boolean;
  readonly hasFailed: (item: DeskItem) => boolean;
  /** Nothing can be had, so what has failed may come yet. */
  readonly isLineGone: () => boolean;
}

/**
 * What the page casts now: on pictures that can be seen and have no vote of mine. One that could
 * not be loaded may be marked unsure, nothing else.
 */
export function votesOf(page: Page, session: Session, rest: Vote, seen: Seen): VoteOn[] {
  const votes: VoteOn[] = [];
  for (const item of page.items) {
    if (isGone(session, item)) continue;
    const vote = page.marks[item.id] ?? rest;
    const passedOn = vote.verdict === "unsure" && seen.hasFailed(item) && !seen.isLineGone();
    if (seen.isShown(item) || passedOn) votes.push({ itemId: item.id, vote });
  }
  return votes;
}

/** Judged in another tab meanwhile, or by enough others. */
export function isGone(session: Session, item: DeskItem): boolean {
  return session.full.has(item.id) || session.votes[item.id] !== undefined;
}

/** Whether all that is on the page was judged elsewhere meanwhile. */
export function isOver(page: Page, session: Session): boolean {
  return page.items.length > 0 && page.items.every((item) => isGone(session, item));
}
