/** Which pictures of the list are drawn: what is shown at once, what is near bit by bit. Pure. */
export interface Span {
  readonly first: number;
  /** The one behind the last. */
  readonly end: number;
}

export const NONE: Span = { first: 0, end: 0 };

/** Of what is drawn, what lies within `near`, and all that is shown. */
export function kept(drawn: Span, shown: Span, near: Span): Span {
  const isApart = drawn.end < shown.first || drawn.first > shown.end;
  if (isApart) return shown;
  return {
    first: Math.min(shown.first, Math.max(drawn.first, near.first)),
    end: Math.max(shown.end, Math.min(drawn.end, near.end)),
  };
}

/** So many more of what is near, first below, then above; the same when all are drawn. */
export function grown(drawn: Span, near: Span, num: number): Span {
  const { first, end } = drawn;
  if (end < near.end) return { first, end: Math.min(near.end, end + num) };
  if (first > near.first) return { first: Math.max(near.first, first - num), end };
  return drawn;
}
