import type { RefObject } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Desk } from "../desk";
import type { DeskActions } from "../input/actions";
import { fitScale, swipeMeans, zoomScale } from "../input/swipe";
import { useDesk } from "./context";

/** How long a finger rests before the picture is enlarged under it. */
const HOLD_MS = 320;

/**
 * Mouse: hold or wheel enlarges, moving looks around. Finger: hold enlarges, a sideways swipe
 * keeps or opens the reasons. Returns the enlargement in percent, or null.
 */
export function useGestures(room: RefObject<HTMLElement | null>): number | null {
  const { desk, actions } = useDesk();
  const [percent, setPercent] = useState<number | null>(null);
  const zoomed = desk.panels.zoomed.value;

  useEffect(() => {
    const element = room.current;
    if (!element) return;
    const gestures = new Gestures(element, desk, actions);
    return () => gestures.stop();
  }, [room, desk, actions]);

  useEffect(() => {
    const picture = room.current?.querySelector("img");
    if (!zoomed || !picture || !room.current) {
      if (picture) picture.style.transform = "";
      setPercent(null);
      return;
    }
    const fit = fitScale(room.current, picture);
    const scale = zoomScale(fit);
    picture.style.transform = `scale(${scale / fit})`;
    setPercent(Math.round(scale * 100));
  }, [room, zoomed]);

  return percent;
}

class Gestures {
  readonly #stop = new AbortController();
  #start: { x: number; y: number; at: number; touch: boolean } | null = null;
  #hold: ReturnType<typeof setTimeout> | undefined;
  #swiping = false;

  constructor(
    private readonly element: HTMLElement,
    private readonly desk: Desk,
    private readonly actions: DeskActions,
  ) {
    const { signal } = this.#stop;
    element.addEventListener("pointerdown", (event) => this.#down(event), { signal });
    element.addEventListener("pointermove", (event) => this.#move(event), { signal });
    element.addEventListener("pointerup", (event) => this.#up(event), { signal });
    element.addEventListener("pointercancel", () => this.#leave(), { signal });
    element.addEventListener("wheel", (event) => this.#wheel(event), { signal, passive: false });
    element.addEventListener("contextmenu", (event) => event.preventDefault(), { signal });
  }

  stop(): void {
    this.#stop.abort();
    clearTimeout(this.#hold);
  }

  #down(event: PointerEvent): void {
    if (!event.isPrimary || event.button !== 0 || !this.desk.isShown()) {
      this.#leave();
      return;
    }
    const touch = event.pointerType !== "mouse";
    this.#start = { x: event.clientX, y: event.clientY, at: event.timeStamp, touch };
    this.element.setPointerCapture(event.pointerId);
    this.#aim(event);
    clearTimeout(this.#hold);
    this.#hold = setTimeout(() => this.#zoom(true), touch ? HOLD_MS : 120);
  }

  #move(event: PointerEvent): void {
    if (this.desk.panels.zoomed.value) {
      this.#aim(event);
      return;
    }
    if (!this.#start?.touch) return;
    const [dx, dy] = [event.clientX - this.#start.x, event.clientY - this.#start.y];
    if (Math.hypot(dx, dy) > 10) clearTimeout(this.#hold);
    if (!this.#swiping && Math.abs(dx) > 12 && Math.abs(dx) > Math.abs(dy)) this.#swiping = true;
    if (this.#swiping) this.#drag(dx);
  }

  #up(event: PointerEvent): void {
    const start = this.#start;
    const wasSwipe = this.#swiping;
    this.#leave();
    if (!start || !wasSwipe) return;
    const meaning = swipeMeans({
      dx: event.clientX - start.x,
      milliseconds: event.timeStamp - start.at,
      width: this.element.clientWidth,
    });
    if (meaning === "keep") this.actions.keep.perform();
    if (meaning === "reject") this.desk.panels.sheet.value = true;
  }

  #leave(): void {
    clearTimeout(this.#hold);
    if (this.#start) this.#zoom(false);
    this.#start = null;
    this.#swiping = false;
    this.#drag(0);
  }

  #wheel(event: WheelEvent): void {
    if (event.ctrlKey || !this.desk.isShown()) return;
    event.preventDefault();
    this.#aim(event);
    this.#zoom(event.deltaY < 0);
  }

  #zoom(on: boolean): void {
    this.desk.panels.zoomed.value = on;
  }

  /** The point under the pointer is the one that stays in place. */
  #aim(event: MouseEvent): void {
    const box = this.element.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * 100;
    const y = ((event.clientY - box.top) / box.height) * 100;
    this.element.style.setProperty("--aim", `${x.toFixed(1)}% ${y.toFixed(1)}%`);
  }

  #drag(dx: number): void {
    const picture = this.element.querySelector("img");
    const room = this.element.parentElement;
    if (!room || (dx === 0 && room.dataset.drag === undefined)) return;
    if (picture) picture.style.transform = dx === 0 ? "" : `translateX(${dx}px)`;
    if (dx === 0) delete room.dataset.drag;
    else room.dataset.drag = dx > 0 ? "keep" : "reject";
    const share = Math.min(Math.abs(dx) / (this.element.clientWidth * 0.28), 1);
    room.style.setProperty("--drag", share.toFixed(2));
  }
}
