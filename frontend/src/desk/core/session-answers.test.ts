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
import type { Vote } from "./contract";
import { REASONS } from "./manual.fixture";
import { canUndo, canVote, counts, current } from "./reads";
import { type Happened, next } from "./session";
import type { Session } from "./state";

const at = (session: Session) => current(session)?.number ?? null;

describe("undo", () => {
  test("takes back one vote after the other and shows each picture again", () => {
    const voted = played(opened(pictures(4)), cast(KEEP), cast(reject("blurry")), cast(UNSURE));
    const once = next(voted, { type: "undone" });
    expect(at(once)).toBe(3);
    expect(once.votes).toEqual({ 101: KEEP, 102: reject("blurry") });
    const thrice = played(once, { type: "undone" }, { type: "undone" });
    expect(thrice.votes).toEqual({});
    expect(at(thrice)).toBe(1);
    expect(canUndo(thrice)).toBe(false);
  });

  test("a changed vote goes back to what it was before", () => {
    const changed = played(
      opened(pictures(2)),
      cast(KEEP),
      { type: "moved", by: -1 },
      cast(reject("drawn")),
    );
    const undone = next(changed, { type: "undone" });
    expect(undone.votes[101]).toEqual(KEEP);
    expect(next(undone, { type: "undone" }).votes[101]).toBeUndefined();
  });

  test("survives a reload through its steps", () => {
    const before = played(opened(pictures(3)), cast(KEEP), cast(UNSURE));
    const items = pictures(3).map((one) => ({ ...one, my_vote: before.votes[one.id] ?? null }));
    const reloaded = opened(items, { steps: before.steps });
    const undone = next(reloaded, { type: "undone" });
    expect(undone.votes).toEqual({ 101: KEEP });
    expect(at(undone)).toBe(2);
  });

  test("leaves alone what another tab has changed since", () => {
    const voted = played(opened(pictures(3)), cast(KEEP), cast(KEEP), {
      type: "votedElsewhere",
      itemId: 102,
      vote: reject("blurry"),
    });
    const undone = next(voted, { type: "undone" });
    expect(undone.votes).toEqual({ 102: reject("blurry") });
    expect(at(undone)).toBe(1);
  });

  test("reaches fifty steps back", () => {
    const voted = played(opened(pictures(60)), ...Array(60).fill(cast(KEEP)));
    const undone = played(voted, ...Array(60).fill({ type: "undone" }));
    expect(Object.keys(undone.votes)).toHaveLength(10);
  });
});

describe("when the server refuses", () => {
  test("the picture is again as the server has it", () => {
    const voted = played(opened(batchOf(item(1, { my_vote: KEEP }), item(2))), {
      type: "moved",
      by: -1,
    });
    const changed = next(voted, cast(reject("blurry")));
    const session = next(changed, { type: "refused", itemId: 101, code: "reason_required" });
    expect(session.votes[101]).toEqual(KEEP);
    expect(session.steps).toEqual([]);
  });

  test("a picture with enough votes leaves the batch, in view or not", () => {
    const voted = played(opened(pictures(3)), cast(KEEP));
    const gone = next(voted, { type: "refused", itemId: 101, code: "enough_votes" });
    expect(counts(gone)).toMatchObject({ total: 2, judged: 0, skipped: 1 });
    const back = played(opened(pictures(3)), cast(KEEP), { type: "moved", by: -1 });
    expect(at(next(back, { type: "refused", itemId: 101, code: "enough_votes" }))).toBe(2);
  });

  test("whoever has left sees nothing and casts nothing", () => {
    const left = next(played(opened(pictures(4)), cast(KEEP)), { type: "left" });
    expect(left.items).toEqual([]);
    expect(canVote(left)).toBe(false);
    expect(canUndo(left)).toBe(false);
    expect(next(left, cast(KEEP))).toBe(left);
  });

  test("what was accepted before is what a later refusal goes back to", () => {
    const session = played(
      opened(pictures(2)),
      cast(KEEP),
      { type: "accepted", itemId: 101, vote: KEEP, newest: true },
      { type: "moved", by: -1 },
      cast(UNSURE),
      { type: "refused", itemId: 101, code: "lease_expired" },
    );
    expect(session.votes[101]).toEqual(KEEP);
  });
});

describe("when the server accepts", () => {
  const voted = played(opened(pictures(2)), cast(KEEP));
  const accepted = (vote: Vote | null, newest: boolean) =>
    next(voted, { type: "accepted", itemId: 101, vote, newest });

  test("what it stored stands, even if it is not what was sent", () => {
    expect(accepted(KEEP, true).votes[101]).toEqual(KEEP);
    expect(accepted(null, true).votes[101]).toBeUndefined();
  });

  test("unless a newer vote is still on its way", () => {
    expect(accepted(null, false).votes[101]).toEqual(KEEP);
    expect(accepted(null, false).accepted[101]).toBeUndefined();
  });
});

describe("whatever happens", () => {
  /** A small generator with a seed, so that a failure can be repeated. */
  function dice(seed: number): (sides: number) => number {
    let state = seed;
    return (sides) => {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
      return Math.floor((state / 2_147_483_648) * sides);
    };
  }

  function anything(roll: (sides: number) => number): Happened {
    const reason = REASONS[roll(REASONS.length)] ?? "blurry";
    const itemId = 101 + roll(8);
    const events: readonly Happened[] = [
      cast(KEEP),
      cast(UNSURE),
      cast(reject(reason)),
      { type: "picked", reason, several: roll(2) === 0 },
      { type: "released" },
      { type: "confirmed" },
      { type: "severalSwitched" },
      { type: "unpicked" },
      { type: "moved", by: roll(2) === 0 ? 1 : -1 },
      { type: "resumed" },
      { type: "undone" },
      { type: "votedElsewhere", itemId, vote: roll(2) === 0 ? KEEP : null },
      { type: "accepted", itemId, vote: KEEP, newest: roll(2) === 0 },
      { type: "refused", itemId, code: roll(2) === 0 ? "enough_votes" : "not_found" },
    ];
    return events[roll(events.length)] ?? { type: "resumed" };
  }

  const soundVote = (vote: Vote) => (vote.verdict === "reject") === vote.reasons.length > 0;

  test.each(Array.from({ length: 20 }, (_, seed) => seed))("it stays sound (seed %i)", (seed) => {
    const roll = dice(seed + 1);
    let session = opened(pictures(8));
    for (let step = 0; step < 300; step++) {
      session = next(session, anything(roll));
      const { total, judged, left, skipped, keep, reject: rejected, unsure } = counts(session);
      expect(judged + left).toBe(total);
      expect(keep + rejected + unsure).toBe(judged);
      expect(total + skipped).toBe(8);
      expect(Object.values(session.votes).every(soundVote)).toBe(true);
      expect(session.at === null || current(session) !== null).toBe(true);
      if (session.at !== null) expect(session.full.has(session.at)).toBe(false);
      expect(session.steps.length).toBeLessThanOrEqual(50);
    }
  });

  test("undoing everything of one sitting returns to its start", () => {
    const roll = dice(7);
    const start = opened(batchOf(item(1, { my_vote: KEEP }), ...pictures(8).slice(1)));
    let session = start;
    for (let step = 0; step < 30; step++) {
      const reason = REASONS[roll(7)] ?? "blurry";
      const vote = [KEEP, UNSURE, reject(reason)][roll(3)] ?? KEEP;
      session = played(session, { type: "moved", by: roll(2) === 0 ? 1 : -1 }, cast(vote));
    }
    while (canUndo(session)) session = next(session, { type: "undone" });
    expect(session.votes).toEqual(start.votes);
  });
});
