import { describe, expect, it } from "vitest";
import { moved } from "./motions";

const shape = { total: 10, columns: 4, rows: 2 };

describe("keys in the grid", () => {
  it.each([
    ["ArrowRight", 3, 4],
    ["ArrowLeft", 4, 3],
    ["ArrowLeft", 0, 0],
    ["ArrowDown", 1, 5],
    ["ArrowDown", 7, 9],
    ["ArrowDown", 8, 8],
    ["ArrowUp", 9, 5],
    ["ArrowUp", 2, 2],
    ["PageDown", 1, 9],
    ["PageUp", 9, 1],
    ["PageUp", 6, 2],
    ["Home", 7, 0],
    ["End", 0, 9],
  ])("%s leads from %i to %i", (key, from, to) => {
    expect(moved(key, from, shape)).toBe(to);
  });

  it("leaves other keys to others, and an empty grid alone", () => {
    expect(moved("a", 1, shape)).toBeNull();
    expect(moved("End", 0, { ...shape, total: 0 })).toBeNull();
  });
});
