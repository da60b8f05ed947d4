/**
 * Votes that a closed tab left on this device are sent from whatever page the same person opens
 * next, and those that were refused are shown until they decide. Most pages find nothing and load
 * nothing. Rulings are named, with the way to the page that sends them: what was ruled is to be seen
 * there before it holds.
 */

const MARK = "winnow.vote.";

export function startSendingWhatIsLeft(): void {
  const { userId } = document.body.dataset;
  if (!userId) return;
  // The desk sends its own, and so does the page of contested pictures.
  if (!document.getElementById("desk") && hasVotesOf(userId)) {
    void import("./sending-left").then(({ sendAll }) => sendAll(userId));
  }
  const rulings = `winnow.ruling.${userId}.`;
  if (!document.getElementById("ruling-room") && hasKey((key) => key.startsWith(rulings))) {
    void import("./rulings-left").then(({ nameRulings }) => nameRulings(userId));
  }
}

function hasVotesOf(userId: string): boolean {
  const shelf = `winnow.shelf.${userId}`;
  return hasKey((key) => key === shelf || key.startsWith(`${MARK}${userId}.`));
}

function hasKey(isOne: (key: string) => boolean): boolean {
  try {
    return Object.keys(localStorage).some(isOne);
  } catch {
    return false;
  }
}
