/** A picture on a stage that hands enlarge and move; keeps it in place when the stage changes. */
import { type Hands, listenToHands } from "./hands";
import {
  actual,
  type Box,
  type Frame,
  fitted,
  inside,
  type Lie,
  type Point,
  panned,
  tapped,
  WHOLE,
  zoomed,
} from "./lie";

export interface ViewerParts
  extends Pick<Hands, "isShown" | "drag" | "swipe" | "mouseSwipes" | "inScrolling"> {
  /** How much larger than its own size a small picture is drawn when it is seen whole. */
  readonly largest?: number;
  /** Whether a resting finger or button enlarges for as long. */
  readonly holds?: boolean;
  /** The picture lies otherwise; `byHand` unless it was told to. */
  readonly onChange?: (lie: Lie, frame: Frame, byHand: boolean) => void;
}

const MIDDLE: Point = { x: 0, y: 0 };

export class Viewer {
  #lie = WHOLE;
  #picture: HTMLImageElement | null = null;
  /** How to lie after the stage has changed. */
  #again: (frame: Frame) => Lie = () => WHOLE;
  readonly #stop: (() => void)[] = [];

  constructor(
    private readonly stage: HTMLElement,
    private readonly parts: ViewerParts = {},
  ) {
    const { isShown, swipe, mouseSwipes = false, inScrolling = false, holds = false } = parts;
    const hands: Hands = {
      isShown: () => this.#picture !== null && (isShown?.() ?? true),
      isLarge: () => this.isLarge,
      zoom: (factor, at) => this.#byHand((lie, frame) => zoomed(lie, factor, at, frame)),
      pan: (by) => this.#byHand((lie, frame) => panned(lie, by, frame)),
      tapTwice: (at) => this.#byHand((lie, frame) => tapped(lie, at, frame)),
      drag: (dx) => this.#drag(dx),
      mouseSwipes,
      inScrolling,
      ...(swipe ? { swipe } : {}),
      ...(holds
        ? {
            hold: (at: Point) => this.#byHand((_, frame) => actual(at, frame)),
            release: () => this.#byHand(() => WHOLE),
          }
        : {}),
    };
    this.#stop.push(listenToHands(stage, hands));
    if (typeof ResizeObserver !== "undefined") {
      const observer = new ResizeObserver(() => this.#put(this.#again(this.frame), false));
      observer.observe(stage);
      this.#stop.push(() => observer.disconnect());
    }
  }

  stop(): void {
    for (const stop of this.#stop) stop();
  }

  get isLarge(): boolean {
    return this.#lie.scale > 1;
  }

  get frame(): Frame {
    const { clientWidth: width, clientHeight: height } = this.stage;
    const { naturalWidth = 0, naturalHeight = 0 } = this.#picture ?? {};
    return {
      stage: { width, height },
      picture: { width: naturalWidth, height: naturalHeight },
      largest: this.parts.largest ?? Number.POSITIVE_INFINITY,
    };
  }

  /** Another picture, whole; or none. The one that is shown stays as it lies. */
  show(picture: HTMLImageElement | null): void {
    if (this.#picture === picture) return;
    if (this.#picture) this.#picture.style.transform = "";
    this.#picture = picture;
    this.whole();
  }

  whole(): void {
    this.#tell(() => WHOLE);
  }

  /** The face in the middle of the stage; without a box, where faces are most of the time. */
  face(box: Box = LIKELY): void {
    this.#tell((frame) => fitted(box, frame));
  }

  actual(): void {
    this.#tell((frame) => actual(MIDDLE, frame));
  }

  step(factor: number): void {
    this.#byHand((lie, frame) => zoomed(lie, factor, MIDDLE, frame));
  }

  #tell(lying: (frame: Frame) => Lie): void {
    this.#again = lying;
    this.#put(lying(this.frame), false);
  }

  #byHand(change: (lie: Lie, frame: Frame) => Lie): void {
    const before = this.#lie;
    this.#again = (frame) => inside(this.#lie, frame);
    const lie = change(before, this.frame);
    const same = lie.scale === before.scale && lie.x === before.x && lie.y === before.y;
    if (!same) this.#put(lie, true);
  }

  #put(lie: Lie, byHand: boolean): void {
    this.#lie = lie;
    if (this.#picture) this.#picture.style.transform = transformOf(lie);
    this.parts.onChange?.(lie, this.frame, byHand);
  }

  #drag(dx: number): void {
    if (this.#picture) this.#picture.style.transform = transformOf({ ...this.#lie, x: dx });
    this.parts.drag?.(dx);
  }
}

/** Faces that nobody has looked for are mostly here. */
const LIKELY: Box = { left: 0.3, top: 0.12, right: 0.7, bottom: 0.52 };

/** For the style of the picture; its origin is its middle. */
export function transformOf({ scale, x, y }: Lie): string {
  if (scale === 1 && x === 0 && y === 0) return "";
  return `translate(${x}px, ${y}px) scale(${scale})`;
}
