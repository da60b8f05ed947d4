/** How a picture lies on its stage: so much larger than whole, and moved by so many pixels. Pure. */
export interface Lie {
  /** Of the whole picture as it fits on the stage; 1 is whole. */
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** In pixels of the page, from the middle of the stage. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Parts of the picture's width and height, 0 to 1 from its top left. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** A stage with a picture on it. */
export interface Frame {
  readonly stage: Size;
  /** In the picture's own pixels. */
  readonly picture: Size;
  /** How much larger than its own size a small picture is drawn when it is seen whole. */
  readonly largest: number;
}

export const WHOLE: Lie = { scale: 1, x: 0, y: 0 };
const LARGEST = 8;
/** What a double tap enlarges to. */
export const CLOSER = 2.5;
/** The part of the stage that a face fills: the hair and the neck belong to it. */
const FACE_PART = 0.6;

/** Pixels of the page for each of the picture's own, when it is seen whole. */
export function fitScale({ stage, picture, largest }: Frame): number {
  if (picture.width === 0 || picture.height === 0) return 1;
  return Math.min(stage.width / picture.width, stage.height / picture.height, largest);
}

/** How large the whole picture is drawn, in pixels of the page. */
export function drawnSize(frame: Frame): Size {
  const fit = fitScale(frame);
  return { width: frame.picture.width * fit, height: frame.picture.height * fit };
}

/** Larger or smaller by a factor, while what is under `at` stays there. */
export function zoomed(lie: Lie, factor: number, at: Point, frame: Frame): Lie {
  const scale = limited(lie.scale * factor);
  const ratio = scale / lie.scale;
  return inside(
    { scale, x: at.x - (at.x - lie.x) * ratio, y: at.y - (at.y - lie.y) * ratio },
    frame,
  );
}

export function panned(lie: Lie, by: Point, frame: Frame): Lie {
  return inside({ ...lie, x: lie.x + by.x, y: lie.y + by.y }, frame);
}

/** A double tap: nearer, or whole again. */
export function tapped(lie: Lie, at: Point, frame: Frame): Lie {
  return lie.scale > 1 ? WHOLE : zoomed(lie, CLOSER, at, frame);
}

/** One pixel of the picture on one of the page; twice as large where whole is nearly that. */
export function actual(at: Point, frame: Frame): Lie {
  const fit = fitScale(frame);
  return zoomed(WHOLE, fit < 0.6 ? 1 / fit : 2, at, frame);
}

/** A face in the middle of the stage, and large. A face that is larger when whole stays whole. */
export function fitted(box: Box, frame: Frame): Lie {
  const { width, height } = drawnSize(frame);
  const [wide, high] = [(box.right - box.left) * width, (box.bottom - box.top) * height];
  if (wide <= 0 || high <= 0) return WHOLE;
  const { stage } = frame;
  const scale = limited(FACE_PART * Math.min(stage.width / wide, stage.height / high));
  const middle = middleOf(box, frame);
  return inside({ scale, x: -middle.x * scale, y: -middle.y * scale }, frame);
}

/** How another picture lies so that its face is as high and at the same place as ours. */
export function alongside(lie: Lie, ours: [Box, Frame], other: [Box, Frame]): Lie {
  const scale = (heightOf(...ours) * lie.scale) / heightOf(...other);
  if (!Number.isFinite(scale) || scale <= 0) return WHOLE;
  const [here, there] = [middleOf(...ours), middleOf(...other)];
  return {
    scale,
    x: lie.x + here.x * lie.scale - there.x * scale,
    y: lie.y + here.y * lie.scale - there.y * scale,
  };
}

/** The same after the stage has become another: no part of it left empty. */
export function inside({ scale, x, y }: Lie, frame: Frame): Lie {
  const { width, height } = drawnSize(frame);
  const mostX = Math.max(0, (width * scale - frame.stage.width) / 2);
  const mostY = Math.max(0, (height * scale - frame.stage.height) / 2);
  return { scale, x: clamp(x, mostX), y: clamp(y, mostY) };
}

/** From the middle of the whole picture to that of the box. */
function middleOf(box: Box, frame: Frame): Point {
  const { width, height } = drawnSize(frame);
  return {
    x: ((box.left + box.right) / 2 - 0.5) * width,
    y: ((box.top + box.bottom) / 2 - 0.5) * height,
  };
}

function heightOf(box: Box, frame: Frame): number {
  return (box.bottom - box.top) * drawnSize(frame).height;
}

function limited(scale: number): number {
  return Math.min(LARGEST, Math.max(1, scale));
}

function clamp(value: number, most: number): number {
  // Adding 0 makes -0 plain.
  return Math.min(most, Math.max(-most, value)) + 0;
}
