import type { StoredVote } from "../desk/core/contract";
import type { Pending } from "../desk/sending/outbox";
import type { Outcome } from "../desk/sending/sender";
import { outcomeOf } from "../desk/sending/votes-api";
import { request } from "../shared/api";

/** Sent again it changes nothing, so it needs no key of its own. */
export async function sendRuling({ itemId, vote, note, overrules }: Pending): Promise<Outcome> {
  const url = `/api/v1/images/${itemId}/ruling`;
  const how = { outlivesPage: true } as const;
  if (vote === null) return outcomeOf(await request<undefined>(url, { method: "DELETE", ...how }));
  const body = { ...vote, note: note ?? "", overrules: overrules ?? false };
  return outcomeOf(await request<StoredVote>(url, { method: "PUT", body, ...how }));
}
