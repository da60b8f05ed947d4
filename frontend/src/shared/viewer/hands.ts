/**
 * What fingers, mouse and wheel do to a picture: pinch, double tap, drag, hold and wheel. The page
 * is never enlarged by it; the stage wants `touch-action: none`.
 */
import type { Point } from "./lie";

export interface Swipe {
  readonly dx: number;
  readonly milliseconds: number;
  readonly width: number;
}

/** Points are counted from the middle of the stage. */
export interface Hands {
  /** Whether there is a picture to handle. */
  isShown?(): boolean;
  isLarge(): boolean;
  zoom(factor: number, at: Point): void;
  pan(by: Point): void;
  tapTwice(at: Point): void;
  /** Enlarge while a finger or the button rests on the whole picture, and let it go again. */
  hold?(at: Point): void;
  release?(): void;
  /** A sideways way across the whole picture so far, 0 when it was given up. */
  drag?(dx: number): void;
  /** Its end. */
  swipe?(swipe: Swipe): void;
  /** Whether a mouse swipes too. */
  readonly mouseSwipes?: boolean;
  /** The page around it scrolls: the wheel alone is for that, while the picture is whole. */
  readonly inScrolling?: boolean;
}

const HOLD_MS = 300;
const TWICE_MS = 320;
/** A finger does not come down twice at the same pixel. */
const TWICE_PX = 40;
const STILL_PX = 10;
const PIXELS_A_LINE = 16;

type Doing = "nothing" | "pressing" | "holding" | "panning" | "dragging" | "pinching";

export function listenToHands(stage: HTMLElement, hands: Hands): () => void {
  const listening = new Listening(stage, hands);
  return () => listening.stop();
}

class Listening {
  readonly #stop = new AbortController();
  readonly #pressed = new Map<number, Point>();
  #doing: Doing = "nothing";
  #start = { x: 0, y: 0, at: 0 };
  #lastTap = { x: 0, y: 0, at: Number.NEGATIVE_INFINITY };
  #resting: ReturnType<typeof setTimeout> | undefined;
  #gestureScale = 1;

  constructor(
    private readonly stage: HTMLElement,
    private readonly hands: Hands,
  ) {
    const { signal } = this.#stop;
    stage.addEventListener("pointerdown", (event) => this.#down(event), { signal });
    stage.addEventListener("pointermove", (event) => this.#move(event), { signal });
    stage.addEventListener("pointerup", (event) => this.#up(event), { signal });
    stage.addEventListener("pointercancel", (event) => this.#cancel(event), { signal });
    stage.addEventListener("contextmenu", (event) => event.preventDefault(), { signal });
    stage.addEventListener("wheel", (event) => this.#wheel(event), { signal, passive: false });
    for (const kind of ["gesturestart", "gesturechange", "gestureend"]) {
      stage.addEventListener(kind, (event) => this.#gesture(event), { signal, passive: false });
    }
  }

  stop(): void {
    this.#stop.abort();
    clearTimeout(this.#resting);
  }

  #down(event: PointerEvent): void {
    if (event.button !== 0 || this.hands.isShown?.() === false) return;
    const at = this.#point(event);
    this.stage.setPointerCapture(event.pointerId);
    this.#pressed.set(event.pointerId, at);
    clearTimeout(this.#resting);
    if (this.#pressed.size > 1) {
      if (this.#doing === "dragging") this.hands.drag?.(0);
      this.#doing = "pinching";
      return;
    }
    this.#doing = "pressing";
    this.#start = { ...at, at: event.timeStamp };
    if (this.hands.hold && !this.hands.isLarge()) {
      this.#resting = setTimeout(() => this.#hold(at), HOLD_MS);
    }
  }

  #hold(at: Point): void {
    this.#doing = "holding";
    this.hands.hold?.(at);
  }

  #move(event: PointerEvent): void {
    const before = this.#pressed.get(event.pointerId);
    if (!before) return;
    const now = this.#point(event);
    this.#pressed.set(event.pointerId, now);
    const [dx, dy] = [now.x - this.#start.x, now.y - this.#start.y];
    if (this.#doing === "pressing" && Math.hypot(dx, dy) > STILL_PX) {
      clearTimeout(this.#resting);
      this.#doing = this.#began(Math.abs(dx) > Math.abs(dy), event.pointerType === "mouse");
    }
    if (this.#doing === "pinching") this.#pinch(event.pointerId, before, now);
    if (this.#doing === "panning" || this.#doing === "holding") {
      this.hands.pan({ x: now.x - before.x, y: now.y - before.y });
    }
    if (this.#doing === "dragging") this.hands.drag?.(dx);
  }

  #began(sideways: boolean, byMouse: boolean): Doing {
    if (this.hands.isLarge()) return "panning";
    const swipes = this.hands.swipe && (this.hands.mouseSwipes || !byMouse);
    return sideways && swipes ? "dragging" : "nothing";
  }

  #pinch(moving: number, before: Point, now: Point): void {
    const [other] = [...this.#pressed].filter(([id]) => id !== moving).map(([, at]) => at);
    if (!other) return;
    const was = Math.hypot(before.x - other.x, before.y - other.y);
    const is = Math.hypot(now.x - other.x, now.y - other.y);
    if (was > 0) this.hands.zoom(is / was, { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 });
    this.hands.pan({ x: (now.x - before.x) / 2, y: (now.y - before.y) / 2 });
  }

  #up(event: PointerEvent): void {
    const at = this.#pressed.get(event.pointerId);
    const doing = this.#doing;
    if (!at) return;
    this.#left(event.pointerId);
    if (doing === "pressing") this.#tap(at, event.timeStamp);
    if (doing === "dragging") {
      this.hands.drag?.(0);
      this.hands.swipe?.({
        dx: at.x - this.#start.x,
        milliseconds: event.timeStamp - this.#start.at,
        width: this.stage.clientWidth,
      });
    }
  }

  #cancel(event: PointerEvent): void {
    const was = this.#doing;
    this.#left(event.pointerId);
    if (was === "dragging") this.hands.drag?.(0);
  }

  /** A finger is gone: the last one of a pinch looks around, and never swipes. */
  #left(pointerId: number): void {
    clearTimeout(this.#resting);
    this.#pressed.delete(pointerId);
    if (this.#doing === "holding") this.hands.release?.();
    const isPinch = this.#doing === "pinching" && this.#pressed.size > 0;
    this.#doing = isPinch ? this.#afterPinch() : "nothing";
  }

  #afterPinch(): Doing {
    if (this.#pressed.size > 1) return "pinching";
    return this.hands.isLarge() ? "panning" : "nothing";
  }

  #tap(at: Point, when: number): void {
    const last = this.#lastTap;
    const isTwice =
      when - last.at < TWICE_MS && Math.hypot(at.x - last.x, at.y - last.y) < TWICE_PX;
    this.#lastTap = isTwice ? { ...at, at: Number.NEGATIVE_INFINITY } : { ...at, at: when };
    if (isTwice) this.hands.tapTwice(at);
  }

  /** A pinch on a trackpad comes as a wheel with Ctrl. */
  #wheel(event: WheelEvent): void {
    if (this.hands.inScrolling && !event.ctrlKey && !this.hands.isLarge()) return;
    event.preventDefault();
    if (this.hands.isShown?.() === false) return;
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE;
    const turned = event.deltaY * (lines ? PIXELS_A_LINE : 1);
    this.hands.zoom(Math.exp(-turned / (event.ctrlKey ? 100 : 400)), this.#point(event));
  }

  /** Safari's own events: fingers on the glass are heard as pointers already, a trackpad is not. */
  #gesture(event: Event): void {
    event.preventDefault();
    const {
      scale = 1,
      clientX = 0,
      clientY = 0,
    } = event as Partial<MouseEvent> & {
      scale?: number;
    };
    const was = event.type === "gesturestart" ? 1 : this.#gestureScale;
    this.#gestureScale = scale;
    if (event.type !== "gesturechange" || this.#pressed.size > 0) return;
    if (this.hands.isShown?.() !== false) {
      this.hands.zoom(scale / was, this.#point({ clientX, clientY }));
    }
  }

  #point({ clientX, clientY }: { readonly clientX: number; readonly clientY: number }): Point {
    const box = this.stage.getBoundingClientRect();
    return {
      x: clientX - box.left - box.width / 2,
      y: clientY - box.top - box.height / 2,
    };
  }
}
