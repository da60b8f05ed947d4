/** What is to be sent of what happened on the desk. */
import { changedItems, voteOn } from "../core/reads";
import type { Happened } from "../core/session";
import type { Session } from "../core/state";
import type { Cast } from "./sending";

const CASTS: ReadonlySet<Happened["type"]> = new Set([
  "voted",
  "votedTogether",
  "released",
  "confirmed",
  "undone",
]);

/** The votes that an act of mine changed, each with the picture it was cast on. */
export function castsOf(
  { type }: Happened,
  before: Session,
  after: Session,
  manual: number | undefined,
): Cast[] {
  if (!CASTS.has(type)) return [];
  const shown = manual === undefined ? {} : { manual };
  return changedItems(before, after).map((itemId) => ({ ...castOn(after, itemId), ...shown }));
}

function castOn(session: Session, itemId: number): Cast {
  const vote = voteOn(session, itemId);
  const item = session.items.find(({ id }) => id === itemId);
  return item ? { itemId, vote, picture: item.picture, place: item.position } : { itemId, vote };
}
