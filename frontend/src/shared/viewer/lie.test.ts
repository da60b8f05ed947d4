import { describe, expect, it } from "vitest";
import {
  actual,
  alongside,
  drawnSize,
  type Frame,
  fitScale,
  fitted,
  panned,
  tapped,
  WHOLE,
  zoomed,
} from "./lie";

const stage = { width: 400, height: 300 };
/** A picture of the stage's own shape. */
const frame: Frame = { stage, picture: { width: 1600, height: 1200 }, largest: 2 };

describe("a picture in the viewer", () => {
  it("fits into its room, and a small one is drawn at most so much larger", () => {
    expect(fitScale(frame)).toBe(0.25);
    expect(fitScale({ ...frame, picture: { width: 100, height: 100 } })).toBe(2);
    expect(fitScale({ ...frame, picture: { width: 0, height: 0 } })).toBe(1);
    const wide = { ...frame, picture: { width: 1600, height: 400 } };
    expect(drawnSize(wide)).toEqual({ width: 400, height: 100 });
  });

  it("grows around what is pointed at", () => {
    const lie = zoomed(WHOLE, 2, { x: 100, y: -50 }, frame);
    expect(lie).toEqual({ scale: 2, x: -100, y: 50 });
    // The spot that was at (100, -50) before is at scale * spot + move.
    expect(100 * lie.scale + lie.x).toBe(100);
  });

  it("is never smaller than whole, nor larger than eight times", () => {
    expect(zoomed(WHOLE, 0.2, { x: 9, y: 9 }, frame)).toEqual(WHOLE);
    expect(zoomed(WHOLE, 100, { x: 0, y: 0 }, frame).scale).toBe(8);
  });

  it("is not drawn off the stage", () => {
    expect(panned(WHOLE, { x: 50, y: 50 }, frame)).toEqual(WHOLE);
    const twice = zoomed(WHOLE, 2, { x: 0, y: 0 }, frame);
    expect(panned(twice, { x: 999, y: -999 }, frame)).toEqual({ scale: 2, x: 200, y: -150 });
  });

  it("stays in the middle of the side on which it is not larger than the stage", () => {
    const wide = { ...frame, picture: { width: 1600, height: 400 } };
    const twice = zoomed(WHOLE, 2, { x: 0, y: 0 }, wide);
    expect(panned(twice, { x: 999, y: 999 }, wide)).toEqual({ scale: 2, x: 200, y: 0 });
  });

  it("comes nearer with a double tap, and is whole after the next", () => {
    const near = tapped(WHOLE, { x: 10, y: 0 }, frame);
    expect(near.scale).toBe(2.5);
    expect(tapped(near, { x: 0, y: 0 }, frame)).toEqual(WHOLE);
  });

  it("is enlarged to its own size, or to twice what is nearly that", () => {
    expect(actual({ x: 0, y: 0 }, frame).scale).toBe(4);
    const small = { ...frame, picture: { width: 500, height: 300 } };
    expect(actual({ x: 0, y: 0 }, small).scale).toBe(2);
  });
});

describe("a face", () => {
  const box = { left: 0.6, top: 0.3, right: 0.7, bottom: 0.5 };

  it("is put in the middle and fills more than half of the stage", () => {
    const lie = fitted(box, frame);
    expect(lie.scale).toBeCloseTo(3);
    expect(lie.x).toBeCloseTo(-0.15 * 400 * 3);
    expect(lie.y).toBeCloseTo(0.1 * 300 * 3);
  });

  it("at the edge does not leave the stage empty, nor does a large one become smaller", () => {
    const corner = fitted({ left: 0, top: 0, right: 0.1, bottom: 0.1 }, frame);
    expect(corner).toEqual({ scale: 6, x: 1000, y: 750 });
    expect(fitted({ left: 0, top: 0, right: 1, bottom: 1 }, frame)).toEqual(WHOLE);
    expect(fitted({ left: 0.5, top: 0.5, right: 0.5, bottom: 0.5 }, frame)).toEqual(WHOLE);
  });

  it("of a portrait is as high beside it, and follows it", () => {
    const portrait: Frame = { stage, picture: { width: 600, height: 900 }, largest: 2 };
    const face = { left: 0.25, top: 0.1, right: 0.75, bottom: 0.5 };
    const lie = fitted(box, frame);
    const beside = alongside(lie, [box, frame], [face, portrait]);
    const high = (scale: number, part: number) => scale * part * 300;
    expect(high(beside.scale, 0.4)).toBeCloseTo(high(lie.scale, 0.2));
    // Its middle is in the middle too.
    expect(beside.x).toBeCloseTo(0);
    expect(beside.y).toBeCloseTo(0.2 * 300 * beside.scale);
    const moved = panned(lie, { x: 30, y: -20 }, frame);
    const after = alongside(moved, [box, frame], [face, portrait]);
    expect([after.x - beside.x, after.y - beside.y]).toEqual([30, -20]);
  });
});
