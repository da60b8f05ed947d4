import { describe, expect, test } from "vitest";
import { item, KEEP, opened, pictures, played, reject, UNSURE } from "../core/batch.fixture";
import { MANUAL } from "../core/manual.fixture";
import { canUndo, counts } from "../core/reads";
import { mixed } from "./mixed";
import {
  framedAt,
  marked,
  marksOf,
  type Page,
  pageOf,
  restOf,
  type Seen,
  votesOf,
  withReason,
} from "./page";

const ids = ({ items }: Page) => items.map(({ id }) => id);
const ALL_SEEN: Seen = { isShown: () => true, hasFailed: () => false, isLineGone: () => false };

describe("the order of pages", () => {
  test("is the same each time, another for everybody else, and says nothing of the batch's", () => {
    const items = pictures(300);
    const mine = mixed(items, "7 3").map(({ position }) => position);
    expect(mixed(items, "7 3").map(({ position }) => position)).toEqual(mine);
    expect(mixed(items, "8 3").map(({ position }) => position)).not.toEqual(mine);
    expect([...mine].sort((a, b) => a - b)).toEqual(items.map(({ position }) => position));
    const mean = 150.5;
    const drift = mine.reduce((sum, place, at) => sum + (place - mean) * (at + 1 - mean), 0);
    const spread = mine.reduce((sum, place) => sum + (place - mean) ** 2, 0);
    expect(Math.abs(drift / spread)).toBeLessThan(0.15);
  });

  test("stays when pictures are left out", () => {
    const items = pictures(40);
    const some = items.filter(({ id }) => id % 3 !== 0);
    expect(mixed(some, "a")).toEqual(mixed(items, "a").filter(({ id }) => id % 3 !== 0));
  });
});

describe("a page", () => {
  test("holds pictures without a vote of mine that take one, each once", () => {
    const items = [item(1, { my_vote: KEEP }), item(2, { open: false }), ...pictures(20).slice(2)];
    const session = opened(items);
    const page = pageOf(session, { seed: "a", count: 9 });
    expect(new Set(ids(page)).size).toBe(9);
    expect(ids(page)).not.toContain(101);
    expect(ids(page)).not.toContain(102);
  });

  test("casts its marks, and keep on all others", () => {
    const session = opened(pictures(4));
    let page = pageOf(session, { seed: "a", count: 4 });
    page = marked(page, 102, reject("blurry"));
    page = withReason(page, 102, "covered");
    page = marked(page, 103, UNSURE);
    const votes = votesOf(page, session, KEEP, ALL_SEEN);
    const after = played(session, { type: "votedTogether", votes });
    expect(after.votes).toEqual({
      101: KEEP,
      102: reject("blurry", "covered"),
      103: UNSURE,
      104: KEEP,
    });
    expect(after.at).toBeNull();
  });

  test("or the other way round: keeps what is marked, rejects all others for one reason", () => {
    const session = opened(pictures(3));
    const page = marked(pageOf(session, { seed: "a", count: 9 }), 102, KEEP);
    expect(restOf("keep", null)).toBeNull();
    const rest = restOf("keep", "drawn");
    const votes = rest && votesOf(page, session, rest, ALL_SEEN);
    const after = played(session, { type: "votedTogether", votes: votes ?? [] });
    expect(after.votes).toEqual({ 101: reject("drawn"), 102: KEEP, 103: reject("drawn") });
  });

  test("casts nothing on what cannot be seen; what failed to load may be marked unsure", () => {
    const session = opened(pictures(4));
    const page = marked(pageOf(session, { seed: "a", count: 4 }), 104, UNSURE);
    const seen: Seen = {
      isShown: ({ id }) => id < 103,
      hasFailed: ({ id }) => id >= 103,
      isLineGone: () => false,
    };
    const votes = votesOf(page, session, KEEP, seen);
    expect(votes.map(({ itemId }) => itemId).sort()).toEqual([101, 102, 104]);
  });

  test("casts nothing on what was judged in another tab meanwhile", () => {
    const session = opened(pictures(3));
    const page = pageOf(session, { seed: "a", count: 9 });
    const elsewhere = reject("drawn");
    const later = played(session, { type: "votedElsewhere", itemId: 102, vote: elsewhere });
    const votes = votesOf(page, later, KEEP, ALL_SEEN);
    expect(votes.map(({ itemId }) => itemId)).not.toContain(102);
  });

  test("casts nothing while one of its reasons is none of the manual's", () => {
    const manual = MANUAL.reasons.filter(({ code }) => code !== "duplicate");
    const session = opened(pictures(2), { manual });
    const votes = [
      { itemId: 101, vote: KEEP },
      { itemId: 102, vote: reject("duplicate") },
    ];
    expect(played(session, { type: "votedTogether", votes })).toBe(session);
  });

  test("the same mark again takes it off", () => {
    const page = pageOf(opened(pictures(3)), { seed: "a", count: 9 });
    const once = marked(page, 101, reject("blurry"));
    expect(marked(once, 101, reject("blurry")).marks).toEqual({});
    expect(marked(once, 101, reject("drawn")).marks[101]).toEqual(reject("drawn"));
    expect(withReason(once, 101, "blurry").marks).toEqual({});
    expect(marked(page, 999, KEEP)).toBe(page);
  });

  test("the frame walks by columns and rows and stays on the page", () => {
    let page = pageOf(opened(pictures(8)), { seed: "a", count: 9 });
    const place = () => ids(page).indexOf(page.framed ?? 0);
    const steps: [number, number][] = [
      [1, 0],
      [1, 0],
      [1, 0],
      [1, 0],
      [0, 1],
      [0, 1],
      [-1, 0],
    ];
    const places = steps.map(([dx, dy]) => {
      page = framedAt(page, 3, dx, dy);
      return place();
    });
    expect(places).toEqual([0, 1, 2, 2, 5, 5, 4]);
  });
});

describe("undo", () => {
  const session = opened(pictures(12));

  function sendOne(before = session) {
    let page = pageOf(before, { seed: "a", count: 4 });
    const [first] = ids(page);
    page = marked(page, first ?? 0, reject("blurry"));
    const votes = votesOf(page, before, KEEP, ALL_SEEN);
    return { page, after: played(before, { type: "votedTogether", votes }) };
  }

  test("takes the page back as it was marked", () => {
    const { page, after } = sendOne();
    const second = sendOne(after);
    expect(counts(second.after).judged).toBe(8);
    const undone = played(second.after, { type: "undone" });
    expect(counts(undone).judged).toBe(4);
    const twice = played(undone, { type: "undone" });
    expect(counts(twice).judged).toBe(0);
    expect(canUndo(twice)).toBe(false);
    const steps = twice.latest?.together ?? [];
    expect(marksOf(steps, KEEP)).toEqual(page.marks);
    const again = pageOf(twice, { seed: "a", count: 4, first: steps.map(({ itemId }) => itemId) });
    expect(ids(again)).toEqual(ids(page));
  });

  test("leaves a vote of the page that was changed since", () => {
    const { page, after } = sendOne();
    const [, second = 0] = ids(page);
    const changed = played(after, { type: "votedElsewhere", itemId: second, vote: UNSURE });
    expect(played(changed, { type: "undone" }).votes).toEqual({ [second]: UNSURE });
  });

  test("remembers fifty pages whole", () => {
    let many = opened(pictures(60 * 9));
    for (let sent = 0; sent < 60; sent++) {
      const votes = votesOf(pageOf(many, { seed: "a", count: 9 }), many, KEEP, ALL_SEEN);
      many = played(many, { type: "votedTogether", votes });
    }
    expect(many.steps).toHaveLength(50 * 9);
  });
});
