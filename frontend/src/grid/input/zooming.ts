/** Wheel, pinch, double tap, drag and swipe on the stage of the viewer. */
export interface Zooming {
  /** Points are counted from the middle of the stage. */
  readonly zoom: (factor: number, x: number, y: number) => void;
  readonly pan: (x: number, y: number) => void;
  readonly tapTwice: (x: number, y: number) => void;
  readonly isLarge: () => boolean;
  /** -1 to the picture before, 1 to the next. */
  readonly swipe: (by: -1 | 1) => void;
}

const SWIPE_PX = 56;
const TWICE_MS = 320;

export function listenToZooming(stage: HTMLElement, zooming: Zooming): () => void {
  const controller = new AbortController();
  const { signal } = controller;
  const pressed = new Map<number, { x: number; y: number }>();
  let way = { x: 0, y: 0 };
  let lastTap = 0;

  const point = (event: MouseEvent) => {
    const box = stage.getBoundingClientRect();
    return {
      x: event.clientX - box.left - box.width / 2,
      y: event.clientY - box.top - box.height / 2,
    };
  };

  function onMove(event: PointerEvent): void {
    const before = pressed.get(event.pointerId);
    if (!before) return;
    const now = point(event);
    const [other] = [...pressed].filter(([id]) => id !== event.pointerId).map(([, at]) => at);
    pressed.set(event.pointerId, now);
    if (other) {
      const [was, is] = [apart(before, other), apart(now, other)];
      if (was > 0) zooming.zoom(is / was, (now.x + other.x) / 2, (now.y + other.y) / 2);
      way = { x: 0, y: 0 };
      return;
    }
    way = { x: way.x + now.x - before.x, y: way.y + now.y - before.y };
    if (zooming.isLarge()) zooming.pan(now.x - before.x, now.y - before.y);
  }

  function onUp(event: PointerEvent): void {
    const at = pressed.get(event.pointerId);
    pressed.delete(event.pointerId);
    if (!at || pressed.size > 0) return;
    const isTap = Math.hypot(way.x, way.y) < 8;
    if (isTap && event.timeStamp - lastTap < TWICE_MS) {
      zooming.tapTwice(at.x, at.y);
      lastTap = 0;
    } else if (isTap) {
      lastTap = event.timeStamp;
    } else if (
      !zooming.isLarge() &&
      Math.abs(way.x) > SWIPE_PX &&
      Math.abs(way.x) > Math.abs(way.y)
    ) {
      zooming.swipe(way.x > 0 ? -1 : 1);
    }
  }

  stage.addEventListener(
    "pointerdown",
    (event) => {
      if (event.button !== 0) return;
      stage.setPointerCapture(event.pointerId);
      if (pressed.size === 0) way = { x: 0, y: 0 };
      pressed.set(event.pointerId, point(event));
    },
    { signal },
  );
  stage.addEventListener("pointermove", onMove, { signal });
  stage.addEventListener("pointerup", onUp, { signal });
  stage.addEventListener("pointercancel", (event) => pressed.delete(event.pointerId), { signal });
  stage.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      const at = point(event);
      zooming.zoom(Math.exp(-event.deltaY / 400), at.x, at.y);
    },
    { signal, passive: false },
  );
  return () => controller.abort();
}

function apart(a: { x: number; y: number }, b: { x: number; y: number }): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}
