/** What another tab or the service worker did with a vote, as it happens to the session here. */
import type { Happened } from "../core/session";
import type { News, Pending } from "./outbox";

export function happenedElsewhere(pending: Pending | null, news?: News): Happened | null {
  if (news?.stored !== undefined) {
    const { itemId, stored: vote } = news;
    return { type: "accepted", itemId, vote, newest: pending === null };
  }
  if (!pending) return null;
  const { itemId, refused: code } = pending;
  if (code === undefined) return { type: "votedElsewhere", ...pending };
  return { type: "refused", itemId, code };
}
