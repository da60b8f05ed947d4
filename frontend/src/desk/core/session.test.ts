import { describe, expect, test } from "vitest";
import {
  batchOf,
  cast,
  item,
  KEEP,
  opened,
  pictures,
  played,
  reject,
  UNSURE,
} from "./batch.fixture";
import { REASONS } from "./manual.fixture";
import { changedItems, counts, current, lookahead } from "./reads";
import { type Happened, next } from "./session";
import type { Session } from "./state";

const at = (session: Session) => current(session)?.number ?? null;

describe("opening a batch", () => {
  test("starts at the first picture without a vote of mine", () => {
    const session = opened(batchOf(item(1, { my_vote: KEEP }), item(2), item(3)));
    expect(at(session)).toBe(2);
    expect(counts(session)).toMatchObject({ total: 3, judged: 1, left: 2, keep: 1 });
  });

  test("goes by position, whatever order the items come in", () => {
    expect(at(opened([item(3), item(1), item(2)]))).toBe(1);
  });

  test("skips pictures that have enough votes, but not those I voted on", () => {
    const full = item(1, { open: false });
    const mine = item(2, { open: false, my_vote: KEEP });
    const session = opened(batchOf(full, mine, item(3)));
    expect(at(session)).toBe(3);
    expect(counts(session)).toMatchObject({ total: 2, skipped: 1, judged: 1 });
    expect(at(next(session, { type: "moved", by: -1 }))).toBe(2);
  });

  test("counts votes that were cast before but never sent", () => {
    const unsent = [
      { itemId: 101, vote: reject("blurry") },
      { itemId: 102, vote: null },
    ];
    const session = opened(batchOf(item(1), item(2, { my_vote: KEEP }), item(3)), { unsent });
    expect(session.votes[101]).toEqual(reject("blurry"));
    expect(session.votes[102]).toBeUndefined();
    expect(session.accepted[102]).toEqual(KEEP);
    expect(at(session)).toBe(2);
  });

  test("an unsent vote keeps a picture in the batch that has filled up meanwhile", () => {
    const unsent = [{ itemId: 101, vote: KEEP }];
    const session = opened(batchOf(item(1, { open: false }), item(2)), { unsent });
    expect(counts(session)).toMatchObject({ total: 2, judged: 1 });
  });

  test("forgets steps of pictures that are not in the batch", () => {
    const steps = [{ itemId: 999, before: null, after: KEEP }];
    expect(opened(pictures(2), { steps }).steps).toEqual([]);
  });

  test("an empty batch and a batch that is full stand at the end at once", () => {
    expect(opened([]).at).toBeNull();
    expect(opened([item(1, { open: false })]).at).toBeNull();
  });
});

describe("voting", () => {
  test("keep, reject and unsure move on to the next picture", () => {
    const session = played(opened(pictures(4)), cast(KEEP), cast(reject("drawn")), cast(UNSURE));
    expect(at(session)).toBe(4);
    expect(session.votes).toEqual({ 101: KEEP, 102: reject("drawn"), 103: UNSURE });
    expect(counts(session)).toMatchObject({ keep: 1, reject: 1, unsure: 1, left: 1 });
  });

  test("reasons are stored once each and in the manual's order", () => {
    const session = next(opened(pictures(1)), cast(reject("rephoto", "blurry", "rephoto")));
    expect(session.votes[101]).toEqual(reject("blurry", "rephoto"));
  });

  test("a rejection without a reason changes nothing", () => {
    const session = opened(pictures(2));
    expect(next(session, cast(reject()))).toBe(session);
    expect(next(session, { type: "confirmed" })).toBe(session);
  });

  test("a keep takes no reasons along", () => {
    const session = next(opened(pictures(1)), cast({ verdict: "keep", reasons: ["blurry"] }));
    expect(session.votes[101]).toEqual(KEEP);
  });

  test("after the last picture the ones that were passed over come", () => {
    const session = played(opened(pictures(3)), { type: "moved", by: 1 }, cast(KEEP), cast(KEEP));
    expect(at(session)).toBe(1);
    expect(at(next(session, cast(KEEP)))).toBeNull();
  });

  test("changing an earlier vote returns to where I was", () => {
    const walked = played(
      opened(pictures(9)),
      cast(KEEP),
      cast(KEEP),
      cast(KEEP),
      { type: "moved", by: -1 },
      { type: "moved", by: -1 },
    );
    expect(at(walked)).toBe(2);
    const changed = next(walked, cast(reject("covered")));
    expect(changed.votes[102]).toEqual(reject("covered"));
    expect(at(changed)).toBe(4);
  });

  test("the same vote again moves on without a step to undo", () => {
    const back = played(opened(pictures(3)), cast(KEEP), { type: "moved", by: -1 });
    const again = next(back, cast(KEEP));
    expect(again.steps).toEqual(back.steps);
    expect(changedItems(back, again)).toEqual([]);
    expect(at(again)).toBe(2);
  });

  test("what changed is exactly what must be sent", () => {
    const before = opened(pictures(3));
    expect(changedItems(before, next(before, cast(KEEP)))).toEqual([101]);
    expect(changedItems(before, next(before, { type: "moved", by: 1 }))).toEqual([]);
  });
});

describe("choosing reasons", () => {
  const pick = (digit: number, several = false): Happened => ({
    type: "picked",
    reason: REASONS[digit - 1] ?? "blurry",
    several,
  });

  test("one number, let go: rejected for it", () => {
    const session = played(opened(pictures(2)), pick(3), { type: "released" });
    expect(session.votes[101]).toEqual(reject("blurry"));
    expect(session.chosen).toEqual([]);
    expect(at(session)).toBe(2);
  });

  test("numbers held together give one vote with all of them", () => {
    const session = played(opened(pictures(2)), pick(4), pick(1), { type: "released" });
    expect(session.votes[101]).toEqual(reject("subject_absent", "covered"));
  });

  test("with Shift they are collected until Enter", () => {
    const picked = played(opened(pictures(2)), pick(3, true), pick(5), { type: "released" });
    expect(picked.votes).toEqual({});
    expect(picked.chosen).toEqual(["blurry", "drawn"]);
    expect(at(picked)).toBe(1);
    const session = next(picked, { type: "confirmed" });
    expect(session.votes[101]).toEqual(reject("blurry", "drawn"));
    expect(session.several).toBe(false);
  });

  test("while collecting, a second press takes a reason out again", () => {
    const session = played(opened(pictures(1)), pick(3, true), pick(5), pick(3));
    expect(session.chosen).toEqual(["drawn"]);
  });

  test("adding a reason to an earlier rejection starts from its reasons", () => {
    const back = played(opened(pictures(2)), cast(reject("blurry")), { type: "moved", by: -1 });
    const session = played(back, pick(4, true), { type: "confirmed" });
    expect(session.votes[101]).toEqual(reject("blurry", "covered"));
  });

  test("a plain number on an earlier rejection replaces its reasons", () => {
    const back = played(opened(pictures(2)), cast(reject("blurry")), { type: "moved", by: -1 });
    const session = played(back, pick(4), { type: "released" });
    expect(session.votes[101]).toEqual(reject("covered"));
  });

  test("Escape, a walk or another verdict lets go of what was picked", () => {
    const picked = played(opened(pictures(3)), pick(3, true));
    expect(next(picked, { type: "unpicked" }).chosen).toEqual([]);
    expect(next(picked, { type: "moved", by: 1 })).toMatchObject({ chosen: [], several: false });
    const kept = next(picked, cast(KEEP));
    expect(kept.votes[101]).toEqual(KEEP);
    expect(kept).toMatchObject({ chosen: [], several: false });
  });

  test("a key that comes up after the picture has changed casts nothing", () => {
    const session = played(opened(pictures(3)), pick(3), cast(KEEP), { type: "released" });
    expect(session.votes).toEqual({ 101: KEEP });
    expect(at(session)).toBe(2);
  });

  test("the switch for several opens and closes", () => {
    const open = next(opened(pictures(1)), { type: "severalSwitched" });
    expect(open.several).toBe(true);
    expect(next(open, { type: "severalSwitched" }).several).toBe(false);
  });
});

describe("walking", () => {
  test("stops at the first picture and reaches the end after the last", () => {
    const session = opened(pictures(2));
    expect(next(session, { type: "moved", by: -1 })).toBe(session);
    const end = played(session, { type: "moved", by: 1 }, { type: "moved", by: 1 });
    expect(at(end)).toBeNull();
    expect(at(next(end, { type: "moved", by: -1 }))).toBe(2);
    expect(next(end, { type: "moved", by: 1 })).toBe(end);
  });

  test("from the end one goes on with what is left, else from the top", () => {
    const end = played(opened(pictures(2)), cast(KEEP), { type: "moved", by: 1 });
    expect(at(end)).toBeNull();
    expect(at(next(end, { type: "resumed" }))).toBe(2);
    const done = played(opened(pictures(2)), cast(KEEP), cast(KEEP));
    expect(at(next(done, { type: "resumed" }))).toBe(1);
  });

  test("the next pictures to have are those without a vote", () => {
    const items = pictures(30).map((one) => (one.number === 3 ? { ...one, my_vote: KEEP } : one));
    const wanted = lookahead(opened(items), 20, 4).map((one) => one.number);
    expect(wanted.slice(0, 4)).toEqual([1, 2, 4, 5]);
    expect(wanted).toHaveLength(20);
    expect(new Set(wanted).size).toBe(wanted.length);
  });

  test("a few behind are kept, nearest first", () => {
    const session = played(opened(pictures(9)), ...Array(6).fill(cast(KEEP)));
    const wanted = lookahead(session, 2, 3).map((one) => one.number);
    expect(wanted).toEqual([7, 8, 9, 6, 5, 4]);
  });
});
