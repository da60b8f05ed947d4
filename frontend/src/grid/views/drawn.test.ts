import { describe, expect, it } from "vitest";
import { grown, kept, NONE, type Span } from "./drawn";
import { rowsOf } from "./row";

/** What is drawn, frame by frame, while the list stands still, two pictures a frame. */
function frames(from: Span, shown: Span, near: Span): Span[] {
  const all = [kept(from, shown, near)];
  for (;;) {
    const drawn = all[all.length - 1] ?? NONE;
    const next = grown(drawn, near, 2);
    if (next === drawn) return all;
    all.push(next);
  }
}

describe("what is drawn of the list", () => {
  it("is at once what is shown, then what is near, below first", () => {
    expect(frames(NONE, { first: 6, end: 12 }, { first: 3, end: 15 })).toEqual([
      { first: 6, end: 12 },
      { first: 6, end: 14 },
      { first: 6, end: 15 },
      { first: 4, end: 15 },
      { first: 3, end: 15 },
    ]);
  });

  it("stays while the list moves on, and goes when it is far", () => {
    const drawn = { first: 3, end: 15 };
    expect(kept(drawn, { first: 9, end: 15 }, { first: 6, end: 18 })).toEqual({
      first: 6,
      end: 15,
    });
    expect(kept(drawn, { first: 12, end: 18 }, { first: 9, end: 21 })).toEqual({
      first: 9,
      end: 18,
    });
  });

  it("is only what is shown after a leap, and never what lies between", () => {
    const shown = { first: 900, end: 906 };
    expect(kept({ first: 3, end: 15 }, shown, { first: 897, end: 909 })).toEqual(shown);
    expect(kept({ first: 950, end: 960 }, shown, { first: 897, end: 909 })).toEqual(shown);
  });

  it("is nothing of a list that has become empty", () => {
    expect(kept({ first: 3, end: 15 }, NONE, NONE)).toEqual(NONE);
  });

  it("lies in rows of which the first and the last may not be whole", () => {
    expect(rowsOf({ first: 5, end: 10 }, 3)).toEqual([
      { index: 1, first: 5, end: 6 },
      { index: 2, first: 6, end: 9 },
      { index: 3, first: 9, end: 10 },
    ]);
    expect(rowsOf(NONE, 3)).toEqual([]);
  });
});
