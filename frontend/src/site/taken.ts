/**
 * What was taken along is for whoever holds the batch, signed in here: on every page that comes from
 * the server what nobody may look at any more goes. Most browsers have nothing, and load nothing.
 */

const MARK = "winnow.taken.";

export function startLeavingWhatHasEnded(): void {
  const marks = takenMarks();
  if (marks.length === 0 || document.getElementById("desk")) return;
  const { userId } = document.body.dataset;
  void import("./taken-left").then(({ leaveWhatHasEnded }) => leaveWhatHasEnded(marks, userId));
}

function takenMarks(): string[] {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(MARK));
  } catch {
    return [];
  }
}
