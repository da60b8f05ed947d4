/** Batches to tell stories about. */
import type { DeskData, DeskItem, Reason, Vote } from "./contract";
import { MANUAL } from "./manual.fixture";
import { type Happened, next } from "./session";
import { NOTHING, type Session } from "./state";

export const KEEP: Vote = { verdict: "keep", reasons: [] };
export const UNSURE: Vote = { verdict: "unsure", reasons: [] };
export const reject = (...reasons: Reason[]): Vote => ({ verdict: "reject", reasons });

/** Item 101 carries number 1 and stands first, and so on. */
export function item(position: number, given: Partial<DeskItem> = {}): DeskItem {
  return {
    id: 100 + position,
    position,
    number: position,
    name: `原图 ${position}.jpg`,
    picture: String(position).padStart(16, "0"),
    width: 640,
    height: 800,
    preview_url: `/preview/${position}.webp`,
    thumb_url: `/thumb/${position}.webp`,
    faces: [],
    my_vote: null,
    open: true,
    ...given,
  };
}

export function batchOf(...items: DeskItem[]): DeskItem[] {
  return items;
}

export function pictures(count: number): DeskItem[] {
  return Array.from({ length: count }, (_, index) => item(index + 1));
}

export function opened(
  items: readonly DeskItem[],
  rest: Partial<Extract<Happened, { type: "opened" }>> = {},
): Session {
  return next(NOTHING, {
    type: "opened",
    items,
    manual: MANUAL.reasons,
    unsent: [],
    steps: [],
    ...rest,
  });
}

/** A session after these votes, cast one after the other. */
export function played(session: Session, ...events: Happened[]): Session {
  return events.reduce(next, session);
}

export const cast = (vote: Vote): Happened => ({ type: "voted", vote });

export function deskData(items: readonly DeskItem[]): DeskData {
  return {
    batch: {
      id: 3,
      number: 12,
      subject: { name: "Ada", note: "", url: "/projects/demo/subjects/ada/" },
      project: { name: "Demo" },
      leased_until: "2030-01-01T00:00:00Z",
    },
    manual: MANUAL,
    items: [...items],
    questions: [],
    portraits: [{ url: "/portraits/1.webp", picture: "aa", caption: "2019", face: null }],
    grid_open: true,
    look_alikes: [{ name: "Eve", how_to_tell: "A narrower chin.", portraits: [] }],
  };
}
