/** How a picture lies in the viewer: so much larger, and moved by so many pixels. Pure. */
export interface Lie {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** From the middle of the stage. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

export const WHOLE: Lie = { scale: 1, x: 0, y: 0 };
const LARGEST = 8;
/** What a double tap enlarges to. */
export const CLOSER = 2.5;

/** Larger or smaller by a factor, while what is under `at` stays there. */
export function zoomed(lie: Lie, factor: number, at: Point, stage: Size): Lie {
  const scale = Math.min(LARGEST, Math.max(1, lie.scale * factor));
  const ratio = scale / lie.scale;
  return inside(
    { scale, x: at.x - (at.x - lie.x) * ratio, y: at.y - (at.y - lie.y) * ratio },
    stage,
  );
}

export function panned(lie: Lie, by: Point, stage: Size): Lie {
  return inside({ ...lie, x: lie.x + by.x, y: lie.y + by.y }, stage);
}

/** A double tap: nearer, or whole again. */
export function tapped(lie: Lie, at: Point, stage: Size): Lie {
  return lie.scale > 1 ? WHOLE : zoomed(lie, CLOSER, at, stage);
}

/** The stage is never left empty beside the picture. */
function inside({ scale, x, y }: Lie, { width, height }: Size): Lie {
  const [mostX, mostY] = [(width * (scale - 1)) / 2, (height * (scale - 1)) / 2];
  return { scale, x: clamp(x, mostX), y: clamp(y, mostY) };
}

function clamp(value: number, most: number): number {
  // Adding 0 makes -0 plain.
  return Math.min(most, Math.max(-most, value)) + 0;
}
