import { describe, expect, it } from "vitest";
import {
  EVERYTHING,
  filteredBy,
  numFilters,
  type Question,
  queryOf,
  questionOf,
  sortedBy,
} from "./question";

const anything = (_key: string, value: string) => value || null;

describe("what is listed", () => {
  it("stands in the address and is read from it again", () => {
    const asked: Question = {
      sort: "yaw",
      descending: true,
      filters: { state: "wanted", source: "3" },
    };
    expect(queryOf(asked).toString()).toBe("sort=yaw&descending=true&state=wanted&source=3");
    expect(questionOf(queryOf(asked), anything)).toEqual(asked);
    expect(numFilters(asked)).toBe(2);
  });

  it("begins with strangers and suspects, and with the smallest of all else", () => {
    const suspects = sortedBy(EVERYTHING, "suspicion");
    expect(suspects).toEqual({ ...EVERYTHING, sort: "suspicion", descending: true });
    const turned = { ...suspects, descending: false };
    expect(sortedBy(turned, "likeness").descending).toBe(false);
    expect(sortedBy(suspects, "number")).toEqual(EVERYTHING);
    expect(sortedBy({ ...EVERYTHING, descending: true }, "yaw").descending).toBe(true);
  });

  it("has no filter left that was set to all again, so that no act sends a blank one", () => {
    const blurry = filteredBy(EVERYTHING, "suspected", "blurry");
    const both = filteredBy(blurry, "gold", "yes");
    expect(both.filters).toEqual({ suspected: "blurry", gold: "yes" });
    expect(filteredBy(both, "suspected", "").filters).toEqual({ gold: "yes" });
  });

  it("is everything by number where the address says nothing, or nonsense", () => {
    expect(queryOf(EVERYTHING).toString()).toBe("");
    const nonsense = new URLSearchParams("sort=colour&descending=1&state=gone");
    expect(questionOf(nonsense, () => null)).toEqual(EVERYTHING);
  });
});
