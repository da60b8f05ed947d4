/** What the manual that came with the batch says of reasons. */
import type { ManualReason, Reason } from "./contract";

/** `reasons` without repeats and in the manual's order, so that equal votes look equal. */
export function inOrder(manual: readonly ManualReason[], reasons: Iterable<Reason>): Reason[] {
  const wanted = new Set(reasons);
  return manual.map(({ code }) => code).filter((code) => wanted.has(code));
}

export function titleOf(manual: readonly ManualReason[], code: Reason): string {
  return manual.find((reason) => reason.code === code)?.title ?? code;
}
