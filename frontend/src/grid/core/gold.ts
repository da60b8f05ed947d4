/** The known answer to a picture that is gold, in words and in signs. */
import type { Messages } from "../../shared/messages";
import type { GridImage, Reason, Setting, Taken } from "./contract";

/** What is said of pictures: to keep them, the reason to reject them, or that they are no gold. */
export type Answer = "keep" | Reason | "none";

/** As the server takes it; null to have them be gold no more. */
export function verdictOf(answer: Answer) {
  if (answer === "none") return null;
  return answer === "keep"
    ? { verdict: "keep", reasons: [] }
    : { verdict: "reject", reasons: [answer] };
}

/** Null where the picture is no gold, or the reader is to judge it first. */
export function goldOf(
  image: GridImage | null,
  { choices }: Setting,
  { say }: Messages,
): string | null {
  if (!image?.gold) return null;
  const { verdict, reasons } = image.gold;
  if (verdict === "keep") return say("goldKeep");
  const named = reasons.map(
    (reason) => choices.reason?.find(({ value }) => value === reason)?.label ?? reason,
  );
  return say("goldReject", {
    reasons: named.join(" · "),
  });
}

/** What an act left, each picture by its number; blank when it took all. */
export function leftOutOf({ left_out }: Taken, { say }: Messages): string {
  return left_out
    .map(({ why, numbers }) => say(`goldLeft_${why}`, { numbers: inShort(numbers) }))
    .join(" ");
}

/** Rising numbers in short: 3, 4, 5, 9 are "00003–00005, 00009". */
export function inShort(numbers: readonly number[]): string {
  const spans: [number, number][] = [];
  for (const number of numbers) {
    const last = spans.at(-1);
    if (last && number === last[1] + 1) last[1] = number;
    else spans.push([number, number]);
  }
  const five = (number: number) => String(number).padStart(5, "0");
  return spans.map(([a, b]) => (a === b ? five(a) : `${five(a)}–${five(b)}`)).join(", ");
}
