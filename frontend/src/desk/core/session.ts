/**
 * One person judging one batch, as values: no DOM, no network, no clock. `next` takes a session
 * and what happened, and returns the session after it.
 *
 * What a person does acts on the picture in view, never on one not yet seen; only undo goes back.
 */
import { type DeskItem, type ManualReason, type Reason, sameVote, type Vote } from "./contract";
import {
  canVote,
  current,
  firstToJudge,
  isApart,
  itemsOf,
  nextToJudge,
  queue,
  voteOn,
} from "./reads";
import { inOrder } from "./reasons";
import { type Apart, lookAt, NOTHING, type Pair, type Session, type Step, withVote } from "./state";
import { apartStays, remembered, saidApart, undone } from "./undoing";

interface Opened {
  type: "opened";
  items: readonly DeskItem[];
  manual: readonly ManualReason[];
  unsent: readonly Unsent[];
  steps: readonly (Step | Apart)[];
}

export type Happened =
  | Opened
  | { type: "voted"; vote: Vote }
  | { type: "votedTogether"; votes: readonly VoteOn[] }
  | { type: "picked"; reason: Reason; several: boolean }
  | { type: "released" }
  | { type: "confirmed" }
  | { type: "severalSwitched" }
  | { type: "unpicked" }
  | { type: "moved"; by: 1 | -1 }
  | { type: "resumed" }
  | { type: "wentTo"; itemId: number }
  | { type: "undone" }
  | { type: "saidApart"; items: readonly number[]; pairs: readonly Pair[] }
  | { type: "apartUndone"; step: Apart }
  | { type: "apartStays"; step: Apart }
  | { type: "votedElsewhere"; itemId: number; vote: Vote | null }
  | { type: "accepted"; itemId: number; vote: Vote | null; newest: boolean }
  | { type: "refused"; itemId: number; code: string }
  | { type: "readdressed"; items: readonly DeskItem[] }
  | { type: "left" };

export interface Unsent {
  readonly itemId: number;
  readonly vote: Vote | null;
}

/** One vote of several that are one act. */
export interface VoteOn {
  readonly itemId: number;
  readonly vote: Vote;
}

export function next(session: Session, event: Happened): Session {
  switch (event.type) {
    case "opened":
      return opened(event);
    case "voted":
      return voted(session, event.vote);
    case "votedTogether":
      return votedTogether(session, event.votes);
    case "picked":
      return picked(session, event.reason, event.several);
    case "released":
      return session.several ? session : next(session, { type: "confirmed" });
    case "confirmed":
      if (session.chosen.length === 0) return session;
      return voted(session, { verdict: "reject", reasons: session.chosen });
    case "severalSwitched":
      return session.several ? unpicked(session) : collecting(session);
    case "unpicked":
      return unpicked(session);
    case "moved":
      return moved(session, event.by);
    case "resumed":
      return lookAt(session, firstToJudge(session) ?? queue(session)[0]?.id ?? null);
    case "wentTo":
      return isThere(session, event.itemId) ? lookAt(session, event.itemId) : session;
    case "undone":
      return undone(session);
    case "saidApart":
      return saidApart(session, { apart: event.items, pairs: event.pairs });
    case "apartUndone":
      return { ...apartStays(session, event.step), latest: { ...event.step, undone: true } };
    case "apartStays":
      return apartStays(session, event.step);
    case "votedElsewhere":
      return { ...session, votes: withVote(session.votes, event.itemId, event.vote) };
    case "accepted":
      return accepted(session, event.itemId, event.vote, event.newest);
    case "refused":
      return refused(session, event.itemId, event.code);
    case "readdressed":
      return { ...session, items: [...event.items].sort((a, b) => a.position - b.position) };
    case "left":
      return NOTHING;
  }
}

/** Whether one can look at the item at all. */
function isThere(session: Session, itemId: number): boolean {
  return queue(session).some(({ id }) => id === itemId);
}

function opened({ items, manual, unsent, steps }: Opened): Session {
  const inBatch = [...items].sort((a, b) => a.position - b.position);
  const stored: Record<number, Vote> = {};
  for (const { id, my_vote } of inBatch) {
    if (!my_vote) continue;
    stored[id] = { verdict: my_vote.verdict, reasons: inOrder(manual, my_vote.reasons) };
  }
  const known = new Set(inBatch.map((item) => item.id));
  const votes = { ...stored };
  for (const { itemId, vote } of unsent) {
    if (!known.has(itemId)) continue;
    if (vote) votes[itemId] = vote;
    else delete votes[itemId];
  }
  const full = inBatch.filter(({ id, open }) => !open && !stored[id] && !votes[id]);
  const session = {
    ...NOTHING,
    items: inBatch,
    manual,
    votes,
    accepted: stored,
    full: new Set(full.map((item) => item.id)),
    steps: remembered(steps.filter((step) => itemsOf(step).every((id) => known.has(id)))),
  };
  return lookAt(session, firstToJudge(session));
}

function voted(session: Session, given: Vote): Session {
  const item = current(session);
  const reasons = given.verdict === "reject" ? inOrder(session.manual, given.reasons) : [];
  if (!item || !canVote(session) || (given.verdict === "reject" && reasons.length === 0)) {
    return session;
  }
  const vote: Vote = { verdict: given.verdict, reasons };
  const step: Step = { itemId: item.id, before: voteOn(session, item.id), after: vote };
  const changed = !sameVote(step.before, vote);
  const after: Session = {
    ...session,
    votes: withVote(session.votes, item.id, vote),
    steps: changed ? remembered([...session.steps, step]) : session.steps,
    latest: { ...step, undone: false },
  };
  return lookAt(after, nextToJudge(after, item.id));
}

/**
 * Only items without a vote of mine: what is judged together was seen together. A rejection without
 * a reason of the manual refuses them all.
 */
function votedTogether(session: Session, given: readonly VoteOn[]): Session {
  const open = new Set(queue(session).map((item) => item.id));
  const act = 1 + Math.max(0, ...session.steps.map((step) => step.act ?? 0));
  const steps: Step[] = [];
  let { votes } = session;
  for (const { itemId, vote } of given) {
    const reasons = vote.verdict === "reject" ? inOrder(session.manual, vote.reasons) : [];
    if (vote.verdict === "reject" && reasons.length === 0) return session;
    if (!open.has(itemId) || votes[itemId]) continue;
    const after: Vote = { verdict: vote.verdict, reasons };
    votes = withVote(votes, itemId, after);
    steps.push({ itemId, before: null, after, act });
  }
  const [first] = steps;
  if (!first) return session;
  const after: Session = {
    ...session,
    votes,
    steps: remembered([...session.steps, ...steps]),
    latest: { ...first, undone: false, together: steps },
  };
  return lookAt(after, firstToJudge(after));
}

/** Several: a second pick of the same reason takes it out again, as a switch does. */
function picked(session: Session, reason: Reason, several: boolean): Session {
  if (!canVote(session)) return session;
  if (!several && !session.several) {
    return { ...session, chosen: inOrder(session.manual, [...session.chosen, reason]) };
  }
  const { chosen } = collecting(session);
  const without = chosen.filter((other) => other !== reason);
  const isIn = without.length < chosen.length;
  const switched = isIn ? without : inOrder(session.manual, [...chosen, reason]);
  return { ...session, chosen: switched, several: true };
}

/** Who adds a reason to an earlier rejection starts from its reasons. */
function collecting(session: Session): Session {
  if (!canVote(session) || session.several) return session;
  const mine = voteOn(session, session.at)?.reasons ?? [];
  return { ...session, chosen: session.chosen.length > 0 ? session.chosen : mine, several: true };
}

function unpicked(session: Session): Session {
  return { ...session, chosen: [], several: false };
}

function moved(session: Session, by: 1 | -1): Session {
  const items = queue(session);
  const place = items.findIndex((item) => item.id === session.at);
  if (place === -1) return by === -1 ? lookAt(session, items.at(-1)?.id ?? null) : session;
  if (by === -1 && place === 0) return session;
  return lookAt(session, items[place + by]?.id ?? null);
}

/** The server has the last word, even where a late repeat met a vote cast elsewhere. */
function accepted(session: Session, itemId: number, stored: Vote | null, newest: boolean): Session {
  const after = { ...session, accepted: withVote(session.accepted, itemId, stored) };
  const agrees = sameVote(voteOn(session, itemId), stored);
  return newest && !agrees ? { ...after, votes: withVote(session.votes, itemId, stored) } : after;
}

/** The item is again as the server has it. */
function refused(session: Session, itemId: number, code: string): Session {
  const { latest } = session;
  const stored = session.accepted[itemId] ?? null;
  const full = new Set(session.full);
  if (code === "enough_votes" && stored === null) full.add(itemId);
  if (code === "not_found") full.add(itemId);
  const after: Session = {
    ...session,
    votes: withVote(session.votes, itemId, stored),
    full,
    steps: session.steps.filter((step) => isApart(step) || step.itemId !== itemId),
    latest: latest && !isApart(latest) && latest.itemId === itemId ? null : latest,
  };
  return full.has(itemId) && session.at === itemId
    ? lookAt(after, nextToJudge(after, itemId))
    : after;
}
