import { describe, expect, it } from "vitest";
import { panned, tapped, WHOLE, zoomed } from "./zoom";

const stage = { width: 400, height: 300 };

describe("a picture in the viewer", () => {
  it("grows around what is pointed at", () => {
    const lie = zoomed(WHOLE, 2, { x: 100, y: -50 }, stage);
    expect(lie).toEqual({ scale: 2, x: -100, y: 50 });
    // The spot that was at (100, -50) before is at scale * spot + move.
    expect(100 * lie.scale + lie.x).toBe(100);
  });

  it("is never smaller than whole, nor larger than eight times", () => {
    expect(zoomed(WHOLE, 0.2, { x: 9, y: 9 }, stage)).toEqual(WHOLE);
    expect(zoomed(WHOLE, 100, { x: 0, y: 0 }, stage).scale).toBe(8);
  });

  it("is not drawn off the stage", () => {
    expect(panned(WHOLE, { x: 50, y: 50 }, stage)).toEqual(WHOLE);
    const twice = zoomed(WHOLE, 2, { x: 0, y: 0 }, stage);
    expect(panned(twice, { x: 999, y: -999 }, stage)).toEqual({ scale: 2, x: 200, y: -150 });
  });

  it("comes nearer with a double tap, and is whole after the next", () => {
    const near = tapped(WHOLE, { x: 10, y: 0 }, stage);
    expect(near.scale).toBe(2.5);
    expect(tapped(near, { x: 0, y: 0 }, stage)).toEqual(WHOLE);
  });
});
