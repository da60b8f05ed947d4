/** What the desk and the server say to each other; the shapes come from the API's schema. */
import type { components } from "../../shared/schema";

type Schemas = components["schemas"];

export type DeskData = Schemas["DeskOut"];
export type Standing = Schemas["StandingOut"];
export type DeskItem = Schemas["DeskItemOut"];
export type Portrait = Schemas["PortraitOut"];
export type LookAlike = Schemas["LookAlikeOut"];
export type Vote = Schemas["MyVoteOut"];
export type Verdict = Schemas["VerdictEnum"];
export type StoredVote = Schemas["VoteOut"];
export type VoteIn = Schemas["VoteInRequest"];

/** Why a picture is rejected, in the manual's order: the key `1` is the first. */
export type Reason = Schemas["ReasonsEnum"];

export const REASONS: readonly Reason[] = [
  "subject_absent",
  "other_face",
  "blurry",
  "covered",
  "drawn",
  "rephoto",
  "duplicate",
];

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
