/** What a swipe means. */
import type { Swipe } from "../../shared/viewer/hands";

/** More than a quarter of the way, or a quick flick of at least 48 px. */
export function swipeMeans({ dx, milliseconds, width }: Swipe): "keep" | "reject" | null {
  const distance = Math.abs(dx);
  const flick = distance >= 48 && distance / Math.max(milliseconds, 1) > 0.6;
  if (distance < width * 0.28 && !flick) return null;
  return dx > 0 ? "keep" : "reject";
}
