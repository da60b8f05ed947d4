/**
 * Choosing many with one movement: with the mouse pressed, or a finger that rested for a moment.
 * Near the edge of the screen the page scrolls on.
 */
export interface Drawn {
  /** The position under a point of the screen. */
  readonly positionAt: (x: number, y: number) => number;
  readonly begin: (position: number) => void;
  readonly extend: (position: number) => void;
  /** A press that was no movement. */
  readonly tap: (position: number, event: PointerEvent) => void;
}

const REST_MS = 420;
const STILL_PX = 9;
const EDGE_PX = 72;
const FASTEST_PX = 24;

export function listenToDrawing(root: HTMLElement, drawn: Drawn): () => void {
  const controller = new AbortController();
  const { signal } = controller;
  let press: { x: number; y: number; position: number; isTouch: boolean } | null = null;
  let at = { x: 0, y: 0 };
  let isDrawing = false;
  let rest: ReturnType<typeof setTimeout> | undefined;
  let frame = 0;

  function begin(): void {
    if (!press) return;
    isDrawing = true;
    navigator.vibrate?.(8);
    drawn.begin(press.position);
    frame = requestAnimationFrame(scrollAtEdge);
  }

  function extend(): void {
    drawn.extend(drawn.positionAt(at.x, at.y));
  }

  function scrollAtEdge(): void {
    if (!isDrawing) return;
    const fromTop = at.y - topEdge() - EDGE_PX;
    const fromBottom = at.y - (window.innerHeight - EDGE_PX);
    const over = fromTop < 0 ? fromTop : Math.max(0, fromBottom);
    if (over !== 0) {
      window.scrollBy(0, Math.max(-FASTEST_PX, Math.min(FASTEST_PX, over / 3)));
      extend();
    }
    frame = requestAnimationFrame(scrollAtEdge);
  }

  function end(): void {
    clearTimeout(rest);
    cancelAnimationFrame(frame);
    press = null;
    isDrawing = false;
  }

  root.addEventListener(
    "pointerdown",
    (event) => {
      if (event.button !== 0 || !event.isPrimary) return;
      const isTouch = event.pointerType !== "mouse";
      at = { x: event.clientX, y: event.clientY };
      press = { ...at, position: drawn.positionAt(at.x, at.y), isTouch };
      if (isTouch) rest = setTimeout(begin, REST_MS);
    },
    { signal },
  );
  window.addEventListener(
    "pointermove",
    (event) => {
      if (!press || !event.isPrimary) return;
      at = { x: event.clientX, y: event.clientY };
      const isStill = Math.hypot(at.x - press.x, at.y - press.y) < STILL_PX;
      if (isDrawing) extend();
      else if (isStill) return;
      else if (press.isTouch) end();
      else {
        begin();
        extend();
      }
    },
    { signal },
  );
  window.addEventListener(
    "pointerup",
    (event) => {
      if (press && !isDrawing && event.isPrimary) drawn.tap(press.position, event);
      end();
    },
    { signal },
  );
  window.addEventListener("pointercancel", end, { signal });
  // While a finger draws, the page must not scroll with it, nor open the picture's own menu.
  root.addEventListener(
    "touchmove",
    (event) => {
      if (isDrawing) event.preventDefault();
    },
    { signal, passive: false },
  );
  root.addEventListener(
    "contextmenu",
    (event) => {
      if (press?.isTouch) event.preventDefault();
    },
    { signal },
  );
  return () => {
    end();
    controller.abort();
  };
}

/** Below what sticks to the top of the screen. */
function topEdge(): number {
  return document.querySelector("[data-sticks]")?.getBoundingClientRect().bottom ?? 0;
}
