/** What the desk and the server say to each other (`/api/v1/`). */

export const REASONS = [
  "subject_absent",
  "other_face",
  "blurry",
  "covered",
  "drawn",
  "rephoto",
  "duplicate",
] as const;

/** Why a picture is rejected, in the manual's order: the key `1` is the first. */
export type Reason = (typeof REASONS)[number];

export type Verdict = "keep" | "reject" | "unsure";

export interface Vote {
  readonly verdict: Verdict;
  readonly reasons: readonly Reason[];
}

export interface DeskItem {
  readonly id: number;
  readonly position: number;
  readonly number: number;
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly preview_url: string;
  readonly thumb_url: string;
  readonly my_vote: Vote | null;
  /** Whether the item still takes a vote of somebody who has not voted on it. */
  readonly open: boolean;
}

export interface Portrait {
  readonly url: string;
  readonly caption: string;
}

export interface LookAlike {
  readonly name: string;
  readonly how_to_tell: string;
  readonly portraits: readonly Portrait[];
}

export interface DeskData {
  readonly batch: {
    readonly id: number;
    readonly number: number;
    readonly subject: { readonly name: string; readonly note: string; readonly url: string };
    readonly project: { readonly name: string };
    readonly leased_until: string | null;
    readonly manual_version: number | string | null;
  };
  readonly items: readonly DeskItem[];
  readonly portraits: readonly Portrait[];
  readonly look_alikes: readonly LookAlike[];
}

export function sameVote(a: Vote | null, b: Vote | null): boolean {
  if (a === null || b === null) return a === b;
  return a.verdict === b.verdict && a.reasons.join() === b.reasons.join();
}

/** `reasons` without repeats and in the manual's order, so that equal votes look equal. */
export function inOrder(reasons: Iterable<Reason>): Reason[] {
  const wanted = new Set(reasons);
  return REASONS.filter((reason) => wanted.has(reason));
}

/** 42 is written 00042, on the screen as in file names. */
export function paddedNumber(number: number): string {
  return String(number).padStart(5, "0");
}
