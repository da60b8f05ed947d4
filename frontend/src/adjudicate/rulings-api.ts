import type { StoredVote } from "../desk/core/contract";
import type { Pending } from "../desk/sending/outbox";
import type { Outcome } from "../desk/sending/sender";
import { outcomeOf } from "../desk/sending/votes-api";
import { request } from "../shared/api";

/** Sent again it changes nothing, so it needs no key of its own. */
export async function sendRuling(pending: Pending): Promise<Outcome> {
  const { itemId, vote, note = "", overrules = false, putsBack = false } = pending;
  const url = `/api/v1/images/${itemId}/ruling`;
  const how = { outlivesPage: true } as const;
  if (vote === null) return outcomeOf(await request<undefined>(url, { method: "DELETE", ...how }));
  const body = { ...vote, note, overrules, puts_back: putsBack };
  return outcomeOf(await request<StoredVote>(url, { method: "PUT", body, ...how }));
}
