/** The arithmetic of hands: what a swipe means, how far a picture is enlarged. */

export interface Swipe {
  readonly dx: number;
  readonly milliseconds: number;
  readonly width: number;
}

/** More than a quarter of the way, or a quick flick of at least 48 px. */
export function swipeMeans({ dx, milliseconds, width }: Swipe): "keep" | "reject" | null {
  const distance = Math.abs(dx);
  const flick = distance >= 48 && distance / Math.max(milliseconds, 1) > 0.6;
  if (distance < width * 0.28 && !flick) return null;
  return dx > 0 ? "keep" : "reject";
}

/** Small pictures are shown at most twice their size: beyond that there is nothing to see. */
const LARGEST_FIT = 2;

export function fitScale(
  room: { readonly clientWidth: number; readonly clientHeight: number },
  picture: { readonly naturalWidth: number; readonly naturalHeight: number },
): number {
  const { naturalWidth, naturalHeight } = picture;
  if (naturalWidth === 0 || naturalHeight === 0) return 1;
  const wide = room.clientWidth / naturalWidth;
  return Math.min(wide, room.clientHeight / naturalHeight, LARGEST_FIT);
}

/** 100 %, or twice the fitted size where the picture is shown nearly as large already. */
export function zoomScale(fit: number): number {
  return fit < 0.6 ? 1 : fit * 2;
}
