// @vitest-environment happy-dom
import { beforeEach, describe, expect, test, vi } from "vitest";
import { listenToHands } from "./hands";

let stage: HTMLElement;
let done: string[];
let large: boolean;

beforeEach(() => {
  vi.useFakeTimers();
  stage = document.createElement("div");
  stage.setPointerCapture = () => undefined;
  Object.defineProperty(stage, "clientWidth", { value: 390 });
  done = [];
  large = false;
  listenToHands(stage, {
    isLarge: () => large,
    zoom: (factor) => done.push(`zoom ${factor.toFixed(2)}`),
    pan: ({ x, y }) => done.push(`pan ${x} ${y}`),
    tapTwice: () => done.push("twice"),
    hold: () => done.push("hold"),
    release: () => done.push("release"),
    drag: (dx) => done.push(`drag ${dx}`),
    swipe: ({ dx }) => done.push(`swipe ${dx}`),
  });
  return () => vi.useRealTimers();
});

function finger(type: string, x: number, y: number, pointerId = 1, pointerType = "touch"): void {
  const given = { clientX: x, clientY: y, pointerId, pointerType, button: 0, bubbles: true };
  stage.dispatchEvent(new PointerEvent(`pointer${type}`, given));
}

function tap(x = 50, y = 50): void {
  finger("down", x, y);
  finger("up", x, y);
}

describe("hands on a picture", () => {
  test("a way across the whole picture is a swipe, across an enlarged one it moves it", () => {
    finger("down", 200, 100);
    finger("move", 100, 102);
    finger("up", 100, 102);
    expect(done).toEqual(["drag -100", "drag 0", "swipe -100"]);
    done = [];
    large = true;
    finger("down", 200, 100);
    finger("move", 100, 102);
    finger("up", 100, 102);
    expect(done).toEqual(["pan -100 2"]);
  });

  test("what began as a pinch never ends as a swipe", () => {
    finger("down", 100, 100, 1);
    finger("down", 200, 100, 2);
    finger("move", 300, 100, 2);
    finger("up", 300, 100, 2);
    finger("move", 10, 100, 1);
    finger("up", 10, 100, 1);
    expect(done).toEqual(["zoom 2.00", "pan 50 0"]);
  });

  test("two taps at the same place are one act, two apart are none", () => {
    tap();
    tap(52, 49);
    expect(done).toEqual(["twice"]);
    tap(200, 200);
    tap(20, 20);
    expect(done).toEqual(["twice"]);
  });

  test("a finger that rests enlarges until it is gone", () => {
    finger("down", 50, 50);
    vi.advanceTimersByTime(400);
    finger("up", 50, 50);
    expect(done).toEqual(["hold", "release"]);
  });

  test("a mouse does not swipe, nor does a finger that goes down the page", () => {
    finger("down", 200, 100, 1, "mouse");
    finger("move", 20, 100, 1, "mouse");
    finger("up", 20, 100, 1, "mouse");
    finger("down", 100, 100);
    finger("move", 110, 300);
    finger("up", 110, 300);
    expect(done).toEqual([]);
  });

  test("the wheel, and a trackpad's pinch, are the picture's and not the page's", () => {
    for (const ctrlKey of [false, true]) {
      const wheel = new WheelEvent("wheel", { deltaY: -100, cancelable: true });
      Object.defineProperty(wheel, "ctrlKey", { value: ctrlKey });
      stage.dispatchEvent(wheel);
      expect(wheel.defaultPrevented).toBe(true);
    }
    expect(done).toEqual(["zoom 1.28", "zoom 2.72"]);
  });
});
