/** The session in words: for screen readers, for the line about the newest vote, for refusals. */
import type { Messages } from "../../shared/messages";
import { labelOf, type ManualReason, type Verdict, type Vote } from "./contract";
import { counts, current, isApart } from "./reads";
import { titleOf } from "./reasons";
import type { LatestApart, Session, Step } from "./state";

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

export function labelIn(session: Session, itemId: number): string {
  const item = session.items.find(({ id }) => id === itemId);
  return item ? labelOf(item) : "";
}

/** One sentence on what has just happened, or null when it needs none. */
export function announcement(messages: Messages, before: Session, after: Session): string | null {
  const { say } = messages;
  const item = current(after);
  const latest = after.latest === before.latest ? null : after.latest;
  if (latest && isApart(latest)) return apartInWords(messages, latest);
  if (latest?.together) {
    const { judged, total } = counts(after);
    const { undone, together } = latest;
    if (undone) return say("announceUndoneTogether", { count: together.length });
    return say("announceTogether", { ...verdictsOf(together), judged, total });
  }
  if (latest) {
    const number = labelIn(after, latest.itemId);
    if (latest.undone || !latest.after) return say("announceUndone", { number });
    const vote = voteInWords(messages, after.manual, latest.after);
    if (!item) return say("announceLast", { number, vote });
    const { judged, total } = counts(after);
    return say("announceVote", { number, vote, next: labelOf(item), judged, total });
  }
  if (after.at === before.at || !item) return null;
  return say("picture", { number: labelOf(item) });
}

export function apartInWords({ say }: Messages, { apart, undone }: LatestApart): string {
  return say(undone ? "apartUndone" : "saidApart", { count: apart.length });
}

/** How many of these votes say what. */
export function verdictsOf(steps: readonly Step[]): Record<Verdict, number> {
  const tally = { keep: 0, reject: 0, unsure: 0 };
  for (const { after } of steps) if (after) tally[after.verdict]++;
  return tally;
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
    case "reason_not_used":
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
