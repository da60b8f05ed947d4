/** Why a picture or a page of them cannot be judged yet, each the name of a sentence. */
import type { DeskItem } from "../core/contract";
import type { VoteOn } from "../core/session";
import type { Page, Seen } from "./page";

export type Obstacle =
  | "tooSoon"
  | "gridChooseRest"
  | "burstChoose"
  | "burstKeepOne"
  | "pictureFailed"
  | "pictureNotHere"
  | "pictureLoading";

export function unseen(items: readonly DeskItem[], seen: Seen): Obstacle | null {
  if (items.some(seen.hasFailed)) return seen.isLineGone() ? "pictureNotHere" : "pictureFailed";
  return items.every(seen.isShown) ? null : "pictureLoading";
}

export function toPage({ items }: Page, votes: readonly VoteOn[], seen: Seen): Obstacle | null {
  return votes.length > 0 ? null : unseen(items, seen);
}

/** The framed one is kept only while it is seen and not marked otherwise. */
export function toGroup(page: Page, votes: readonly VoteOn[], seen: Seen): Obstacle | null {
  const framed = page.items.filter(({ id }) => id === page.framed);
  if (framed.length === 0) return "burstChoose";
  if (keepsNone(votes)) return unseen(framed, seen) ?? "burstKeepOne";
  return toPage(page, votes, seen);
}

/** A duplicate is one of something: whether these reject as duplicates and keep none. */
export function keepsNone(votes: readonly VoteOn[]): boolean {
  const isKept = votes.some(({ vote }) => vote.verdict === "keep");
  return !isKept && votes.some(({ vote }) => vote.reasons.includes("duplicate"));
}
