/** What can be read off a session: the pictures in turn, the counts, what may be done. */
import { type DeskItem, sameVote, type Vote } from "./contract";
import type { Apart, Session, Step } from "./state";

/** The items I go through: those that take a vote of mine, and those that have one. */
export function queue(session: Session): DeskItem[] {
  return session.items.filter((item) => !session.full.has(item.id));
}

export function current(session: Session): DeskItem | null {
  return session.items.find((item) => item.id === session.at) ?? null;
}

export function voteOn(session: Session, itemId: number | null): Vote | null {
  return (itemId === null ? undefined : session.votes[itemId]) ?? null;
}

export function canVote(session: Session): boolean {
  return current(session) !== null;
}

export function canUndo(session: Session): boolean {
  return newestStep(session) !== null;
}

/** What undo takes back next. */
export function newestStep(session: Session): Step | Apart | null {
  return session.steps.findLast((step) => stillStands(session, step)) ?? null;
}

/** What the desk alone can take back next. */
export function newestVote(session: Session): Step | null {
  const isVote = (step: Step | Apart): step is Step => !isApart(step) && stillStands(session, step);
  return session.steps.findLast(isVote) ?? null;
}

export interface Counts {
  readonly total: number;
  readonly judged: number;
  readonly left: number;
  readonly skipped: number;
  readonly keep: number;
  readonly reject: number;
  readonly unsure: number;
}

export function counts(session: Session): Counts {
  const items = queue(session);
  const tally = { keep: 0, reject: 0, unsure: 0 };
  for (const { id } of items) {
    const vote = session.votes[id];
    if (vote) tally[vote.verdict]++;
  }
  const judged = tally.keep + tally.reject + tally.unsure;
  const skipped = session.items.length - items.length;
  return { total: items.length, judged, left: items.length - judged, skipped, ...tally };
}

/** The item in view, those that follow (unjudged ones first), and a few behind it. */
export function lookahead(session: Session, ahead: number, behind: number): DeskItem[] {
  const items = queue(session);
  const place = items.findIndex((item) => item.id === session.at);
  const here = place === -1 ? items.length : place;
  const following = items.slice(here + 1);
  const unjudged = following.filter((item) => !session.votes[item.id]);
  const near = following.slice(0, 2);
  const wanted = [
    ...items.slice(here, here + 1),
    ...unjudged.slice(0, ahead - near.length),
    ...near,
  ];
  return [...new Set([...wanted, ...items.slice(Math.max(here - behind, 0), here).reverse()])];
}

/** Items whose vote `after` says something else than `before`. */
export function changedItems(before: Session, after: Session): number[] {
  return after.items
    .map((item) => item.id)
    .filter((id) => !sameVote(voteOn(before, id), voteOn(after, id)));
}

export function firstToJudge(session: Session): number | null {
  return queue(session).find((item) => !session.votes[item.id])?.id ?? null;
}

/** The next item without a vote of mine; after the last one the search goes on from the top. */
export function nextToJudge(session: Session, itemId: number): number | null {
  const place = session.items.findIndex((item) => item.id === itemId);
  const ahead = [...session.items.slice(place + 1), ...session.items.slice(0, place)];
  const open = (item: DeskItem) => !session.full.has(item.id) && !session.votes[item.id];
  return ahead.find(open)?.id ?? null;
}

/** A step can only be taken back while nothing came after it, here or in another tab. */
export function stillStands(session: Session, step: Step | Apart): boolean {
  return isApart(step) || sameVote(voteOn(session, step.itemId), step.after);
}

export function isApart(step: object): step is Apart {
  return "apart" in step;
}

export function itemsOf(step: Step | Apart): readonly number[] {
  return isApart(step) ? step.apart : [step.itemId];
}
