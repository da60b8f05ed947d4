/** Refused votes that go by themselves once their batch is leased again. */
import type { DeskItem } from "../core/contract";
import type { Pending } from "./outbox";

/** Refusals that are over then. */
const CURED: ReadonlySet<string> = new Set(["lease_expired", "batch_closed", "not_assigned"]);

export function isCurable({ refused }: Pending): boolean {
  return CURED.has(refused ?? "");
}

/**
 * Which of them may go, by what the server has of the batch now: those on pictures that have no vote
 * of mine. Elsewhere I may have said something newer on another device, so that is for me to decide.
 */
export function curedBy(items: readonly DeskItem[]): (pending: Pending) => boolean {
  const without = new Set(items.filter(({ my_vote }) => !my_vote).map(({ id }) => id));
  return (pending) => isCurable(pending) && without.has(pending.itemId);
}
