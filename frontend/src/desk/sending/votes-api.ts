import { type Answer, type Caller, request } from "../../shared/api";
import type { StoredVote, VoteIn } from "../core/contract";
import type { Pending } from "./outbox";
import type { Outcome } from "./sender";

/** Refusals that say something of the sign-in, not of the vote: it keeps waiting. */
const SIGN_IN = new Set(["not_signed_in", "not_authenticated", "authentication_failed"]);
const STALE_FORM = new Set(["csrf_failed", "permission_denied"]);

/** The page's person sends it, or whom the service worker sends it for. */
export async function sendVote(pending: Pending, caller?: Caller): Promise<Outcome> {
  const always = { outlivesPage: true, ...(caller && { caller }) };
  const url = `/api/v1/items/${pending.itemId}/vote`;
  const act = { client_key: pending.clientKey, picture: pending.picture ?? "" };
  if (pending.vote === null) {
    const taken = `${url}?${new URLSearchParams(act)}`;
    return outcomeOf(await request<undefined>(taken, { method: "DELETE", ...always }));
  }
  const shown = pending.manual === undefined ? {} : { manual: pending.manual };
  const body: VoteIn = { ...pending.vote, ...act, ...shown };
  return outcomeOf(await request<StoredVote>(url, { method: "PUT", body, ...always }));
}

export function outcomeOf(answer: Answer<StoredVote | undefined>): Outcome {
  if (answer.kind === "ok") {
    const { verdict = null, reasons = [] } = answer.data ?? {};
    return { kind: "accepted", stored: verdict === null ? null : { verdict, reasons } };
  }
  if (answer.kind === "failed") return answer;
  if (answer.status === 401 || SIGN_IN.has(answer.code)) return { kind: "signed_out" };
  if (answer.code === "other_person") return { kind: "other_person" };
  if (STALE_FORM.has(answer.code)) return { kind: "failed", why: "server" };
  return { kind: "refused", code: answer.code };
}
