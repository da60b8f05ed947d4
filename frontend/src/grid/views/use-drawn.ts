/** What is near the screen is drawn bit by bit before it comes, so that no frame is late by it. */
import { useLayoutEffect, useState } from "preact/hooks";
import { grown, kept, NONE, type Span } from "./drawn";

/** A row is drawn in so many frames: in more of them it costs more in all. */
const FRAMES = 2;

/** All of `shown`, and as much of `near`, which lies around it, as there were frames for. */
export function useDrawn(shown: Span, near: Span, columns: number): Span {
  const [before, draw] = useState(NONE);
  const drawn = kept(before, shown, near);
  useLayoutEffect(() => {
    const next = grown(drawn, near, Math.ceil(columns / FRAMES));
    if (next === drawn) return;
    const frame = requestAnimationFrame(() => draw(next));
    return () => cancelAnimationFrame(frame);
  });
  return drawn;
}
