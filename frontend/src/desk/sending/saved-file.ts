/** Votes that the server did not take, as a file: their caster keeps them whatever becomes of the device. */
import type { Pending } from "./outbox";

export interface Origin {
  readonly userId: string;
  readonly batchId: string;
}

/** JSON that a person can read and an organiser can enter by hand; times are in UTC. */
export function votesAsText(votes: readonly Pending[], { userId, batchId }: Origin): string {
  const rows = votes.map(({ place, vote, at, refused, picture, clientKey }) => ({
    place: place ?? null,
    verdict: vote?.verdict ?? "taken back",
    reasons: vote?.reasons ?? [],
    cast_at: new Date(at).toISOString(),
    not_accepted: refused ?? null,
    picture: picture ?? null,
    client_key: clientKey,
  }));
  const file = { winnow: "votes not accepted", person: userId, batch: batchId, votes: rows };
  return `${JSON.stringify(file, null, 2)}\n`;
}

/** Hands the file to the browser, which saves it where it saves all downloads. */
export function saveVotes(votes: readonly Pending[], origin: Origin): void {
  const blob = new Blob([votesAsText(votes, origin)], { type: "application/json" });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = `winnow-votes-${origin.batchId}.json`;
  link.click();
  // Some browsers read it only after the click.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
