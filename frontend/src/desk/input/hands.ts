/** Which hand acts: a click and a key are waited for differently. */
import type { Moment } from "../core/moment";

/** Keeps `moment` told which hand acts next; returns how to stop. */
export function watchHands(moment: Moment): () => void {
  const pointer = () => {
    moment.hand = "pointer";
  };
  const key = () => {
    moment.hand = "key";
  };
  // Before anybody else hears of it: what the act does may depend on the hand.
  document.addEventListener("pointerdown", pointer, { capture: true });
  document.addEventListener("keydown", key, { capture: true });
  return () => {
    document.removeEventListener("pointerdown", pointer, { capture: true });
    document.removeEventListener("keydown", key, { capture: true });
  };
}
