/** What the desk and the server say to each other; the shapes come from the API's schema. */
import type { components } from "../../shared/schema";

type Schemas = components["schemas"];

export type DeskData = Schemas["DeskOut"];
export type Standing = Schemas["StandingOut"];
export type NextBatch = Schemas["NextBatchOut"];
export type Weight = Schemas["WeightOut"];
export type DeskItem = Schemas["DeskItemOut"];
export type Near = Schemas["NearOut"];
export type Told = Schemas["ToldOut"];
export type PinnedQuestion = Schemas["PinnedQuestionOut"];
export type PinnedQuestions = Schemas["QuestionsOut"];
export type Portrait = Schemas["PortraitOut"];
export type LookAlike = Schemas["LookAlikeOut"];
export type Vote = Schemas["MyVoteOut"];
export type Verdict = Schemas["VerdictEnum"];
export type StoredVote = Schemas["VoteOut"];
export type VoteIn = Schemas["VoteInRequest"];

/** Why a picture is rejected: the code of one of the manual's reasons. */
export type Reason = Schemas["ReasonEnum"];

/** A reason as the manual explains it, in the reader's language. */
export type ManualReason = Schemas["ManualReasonOut"];

export function sameVote(a: Vote | null, b: Vote | null): boolean {
  if (a === null || b === null) return a === b;
  return a.verdict === b.verdict && a.reasons.join() === b.reasons.join();
}

/** Refusals that concern the whole batch: its pictures may not be seen any more. */
export const ENDS_THE_DESK: ReadonlySet<string> = new Set([
  "lease_expired",
  "batch_closed",
  "not_assigned",
  "consent_missing",
]);

/** What the desk calls a picture: its place there. Its number is told once my vote stands. */
export function labelOf({ position }: DeskItem): string {
  return String(position);
}

/** 42 is written 00042, on the screen as in file names. */
export function paddedNumber(number: number): string {
  return String(number).padStart(5, "0");
}
