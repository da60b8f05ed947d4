import { describe, expect, it } from "vitest";
import { ALL, isChosen, NOTHING, numChosen, toggled, withEach } from "./selection";

describe("choosing pictures", () => {
  it("chooses single ones and lets them go again", () => {
    const two = toggled(toggled(NOTHING, 7), 9);
    expect([7, 8, 9].map((number) => isChosen(two, number))).toEqual([true, false, true]);
    expect(numChosen(two, 100)).toBe(2);
    expect(numChosen(toggled(two, 7), 100)).toBe(1);
  });

  it("chooses all that are listed but some, without knowing them", () => {
    const allButTwo = withEach(ALL, [3, 4], false);
    expect(numChosen(allButTwo, 12_340)).toBe(12_338);
    expect([3, 5].map((number) => isChosen(allButTwo, number))).toEqual([false, true]);
    expect(isChosen(toggled(allButTwo, 3), 3)).toBe(true);
  });

  it("adds a range, and taking it away twice changes nothing more", () => {
    const range = withEach(NOTHING, [1, 2, 3], true);
    expect(numChosen(withEach(range, [2, 3, 4], true), 9)).toBe(4);
    const less = withEach(range, [2], false);
    expect(withEach(less, [2], false)).toEqual(less);
  });

  it("counts none below nothing when the list has become shorter", () => {
    expect(numChosen(withEach(ALL, [1, 2, 3], false), 2)).toBe(0);
  });
});
