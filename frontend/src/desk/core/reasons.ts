/** The manual's reasons to reject: all that the desk knows of them stands here. */
import type { Messages } from "../../shared/messages";
import type { Reason } from "./contract";

/** In the manual's order: the key `1` is the first. */
export const REASONS: readonly Reason[] = [
  "subject_absent",
  "other_face",
  "blurry",
  "covered",
  "drawn",
  "rephoto",
  "duplicate",
];

/** `reasons` without repeats and in the manual's order, so that equal votes look equal. */
export function inOrder(reasons: Iterable<Reason>): Reason[] {
  const wanted = new Set(reasons);
  return REASONS.filter((reason) => wanted.has(reason));
}

/** A reason as people read it. */
export interface ReasonInWords {
  readonly code: Reason;
  readonly title: string;
  /** One line on when to reject for it. */
  readonly definition: string;
}

export function reasonInWords({ say }: Messages, code: Reason): ReasonInWords {
  return { code, title: say(code), definition: say(`${code}How`) };
}

export function reasonsInWords(messages: Messages): ReasonInWords[] {
  return REASONS.map((code) => reasonInWords(messages, code));
}
