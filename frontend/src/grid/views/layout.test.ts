import { describe, expect, it } from "vitest";
import { layoutOf, positionAt } from "./layout";

describe("the grid's columns", () => {
  it("are three on a phone, and as many as fit elsewhere", () => {
    expect(layoutOf(358)).toEqual({ columns: 3, side: 116, row: 146, gap: 4 });
    expect(layoutOf(1120).columns).toBe(7);
    expect(layoutOf(1120).side).toBeGreaterThanOrEqual(136);
  });

  it("know which picture is under the pointer", () => {
    const layout = layoutOf(358);
    expect(positionAt(10, 10, layout)).toBe(0);
    expect(positionAt(355, 10, layout)).toBe(2);
    expect(positionAt(130, 200, layout)).toBe(4);
    expect(positionAt(-20, -5, layout)).toBe(0);
    expect(positionAt(900, 10, layout)).toBe(2);
  });
});
