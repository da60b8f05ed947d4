/** The session in words: for screen readers, for the line about the newest vote, for refusals. */
import type { Messages } from "../../shared/messages";
import { type ManualReason, paddedNumber, type Vote } from "./contract";
import { counts, current } from "./reads";
import { titleOf } from "./reasons";
import type { Session } from "./state";

export function voteInWords(
  { say, language }: Messages,
  manual: readonly ManualReason[],
  vote: Vote,
): string {
  if (vote.verdict !== "reject") return say(vote.verdict);
  const reasons = vote.reasons.map((reason) => titleOf(manual, reason));
  const comma = language === "en" ? ", " : "、";
  const colon = language === "en" ? ": " : "：";
  return `${say("reject")}${colon}${reasons.join(comma)}`;
}

export function numberOf(session: Session, itemId: number): string {
  return paddedNumber(session.items.find((item) => item.id === itemId)?.number ?? 0);
}

/** One sentence on what has just happened, or null when it needs none. */
export function announcement(messages: Messages, before: Session, after: Session): string | null {
  const { say } = messages;
  const item = current(after);
  if (after.latest && after.latest !== before.latest) {
    const number = numberOf(after, after.latest.itemId);
    if (after.latest.undone || !after.latest.after) return say("announceUndone", { number });
    const vote = voteInWords(messages, after.manual, after.latest.after);
    if (!item) return say("announceLast", { number, vote });
    const { judged, total } = counts(after);
    return say("announceVote", { number, vote, next: paddedNumber(item.number), judged, total });
  }
  if (after.at === before.at || !item) return null;
  return say("picture", { number: paddedNumber(item.number) });
}

export function refusalInWords({ say }: Messages, code: string): string {
  switch (code) {
    case "lease_expired":
    case "batch_closed":
    case "enough_votes":
    case "not_assigned":
    case "consent_missing":
    case "not_found":
    case "reason_required":
    case "not_signed_in":
    case "other_person":
    case "other_picture":
      return say(code);
    case "offline":
      return say("offlineOpen");
    default:
      return say("refusedOther", { code });
  }
}
