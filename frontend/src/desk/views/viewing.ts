import { type ReadonlySignal, useSignal } from "@preact/signals";
import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { Frame, Lie } from "../../shared/viewer/lie";
import { Viewer } from "../../shared/viewer/viewer";
import type { DeskItem } from "../core/contract";
import type { Desk } from "../desk";
import type { DeskActions } from "../input/actions";
import { swipeMeans } from "../input/swipe";
import { useDesk } from "./context";

/** How the picture lies on the stage just now. */
export interface Seen {
  readonly lie: Lie;
  readonly frame: Frame;
}

/** Small pictures are shown at most twice their size: beyond that there is nothing to see. */
export const LARGEST_FIT = 2;

/** Shows `picture` in `room` as it is looked at, and lets hands move it. */
export function useViewing(
  room: RefObject<HTMLElement | null>,
  item: DeskItem | null,
  picture: HTMLImageElement | null,
): ReadonlySignal<Seen | null> {
  const { desk, actions } = useDesk();
  const seen = useSignal<Seen | null>(null);
  const viewer = useRef<Viewer | null>(null);
  const aim = desk.looking.aim.value;

  useLayoutEffect(() => {
    const element = room.current;
    if (!element) return;
    const made = new Viewer(element, {
      largest: LARGEST_FIT,
      holds: true,
      isShown: () => desk.modes.single.isShown(),
      drag: (dx) => signal(element, dx),
      swipe: (swipe) => swiped(desk, actions, swipeMeans(swipe)),
      onChange(lie, frame, byHand) {
        seen.value = { lie, frame };
        desk.looking.enlarged.value = lie.scale > 1;
        if (byHand) desk.looking.moved(lie.scale > 1);
      },
    });
    viewer.current = made;
    return () => made.stop();
  }, [room, desk, actions, seen]);

  useLayoutEffect(() => {
    viewer.current?.show(picture);
    if (aim.at === "whole") viewer.current?.whole();
    else if (aim.at === "actual") viewer.current?.actual();
    else if (aim.at === "face") viewer.current?.face(item?.faces[aim.nth]);
  }, [aim, item, picture]);

  useEffect(() => () => viewer.current?.show(null), []);
  return seen;
}

function swiped(desk: Desk, actions: DeskActions, meaning: "keep" | "reject" | null): void {
  desk.moment.hand = "swipe";
  if (meaning === "keep") actions.keep.perform();
  if (meaning === "reject") desk.panels.sheet.value = true;
}

/** What a swipe would mean shows under the finger. */
function signal(element: HTMLElement, dx: number): void {
  const room = element.parentElement;
  if (!room) return;
  if (dx === 0) delete room.dataset.drag;
  else room.dataset.drag = dx > 0 ? "keep" : "reject";
  const share = Math.min(Math.abs(dx) / (element.clientWidth * 0.28), 1);
  room.style.setProperty("--drag", share.toFixed(2));
}
