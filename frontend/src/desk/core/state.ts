/** What a session at the desk is, as a value, and the least that changes it. */
import type { DeskItem, ManualReason, Reason, Vote } from "./contract";

export interface Step {
  readonly itemId: number;
  readonly before: Vote | null;
  readonly after: Vote | null;
  /** Steps with the same one were one act, and are taken back together. */
  readonly act?: number;
}

/** Two items, by their ids. */
export type Pair = readonly number[];

/** That pictures were said to be all different: no vote, but an act like one. */
export interface Apart {
  readonly apart: readonly number[];
  /** Those of them that were nearly the same until then: what is asked again after undo. */
  readonly pairs: readonly Pair[];
  readonly act?: never;
}

/** `together`: all that was one act, the first of which this is. */
export interface Latest extends Step {
  readonly undone: boolean;
  readonly together?: readonly Step[];
}

export interface LatestApart extends Apart {
  readonly undone: boolean;
  readonly together?: never;
}

export interface Session {
  readonly items: readonly DeskItem[];
  /** What a picture can be rejected for, in the manual's order. */
  readonly manual: readonly ManualReason[];
  /** What I say of each item now; missing means nothing yet. */
  readonly votes: Readonly<Record<number, Vote>>;
  /** What the server has stored of it. */
  readonly accepted: Readonly<Record<number, Vote>>;
  /** Items that take no vote of mine: none of mine is wanted there, or they are gone. */
  readonly full: ReadonlySet<number>;
  /** The item in view, or null at the end of the batch. */
  readonly at: number | null;
  /** Reasons picked for the item in view, not yet cast. */
  readonly chosen: readonly Reason[];
  /** Whether reasons are being collected until confirmed, instead of cast one by one. */
  readonly several: boolean;
  /** What `undo` takes back, newest last. */
  readonly steps: readonly (Step | Apart)[];
  /** The newest change, to be shown and read out. */
  readonly latest: Latest | LatestApart | null;
}

export const NOTHING: Session = {
  items: [],
  manual: [],
  votes: {},
  accepted: {},
  full: new Set(),
  at: null,
  chosen: [],
  several: false,
  steps: [],
  latest: null,
};

/** Reasons that were picked were picked for the item that was in view. */
export function lookAt(session: Session, itemId: number | null): Session {
  return { ...session, at: itemId, chosen: [], several: false };
}

export function withVote(
  votes: Readonly<Record<number, Vote>>,
  itemId: number,
  vote: Vote | null,
): Readonly<Record<number, Vote>> {
  const { [itemId]: _, ...others } = votes;
  return vote === null ? others : { ...others, [itemId]: vote };
}
