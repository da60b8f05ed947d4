/** Numbers and times as the run page says them. */
import type { Language } from "../shared/language";
import type { Messages } from "../shared/messages";
import { spaced } from "../shared/time";
import type { Run } from "./contract";

/** A loss with four digits that matter; small ones keep theirs. */
export function lossInWords(loss: number | undefined): string {
  if (loss === undefined) return "–";
  return loss >= 0.001 || loss === 0 ? loss.toFixed(4) : loss.toExponential(2);
}

const UNITS = [
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
] as const;

/** "40 sec", "12 min", "3.5 hr": in the largest unit that it is at least one and a half of. */
export function durationInWords(seconds: number, language: Language): string {
  for (const [unit, length] of UNITS) {
    const amount = seconds / length;
    if (amount < 1.5 && unit !== "second") continue;
    const digits = length >= 3600 && amount < 10 ? 1 : 0;
    const format = new Intl.NumberFormat(language, {
      style: "unit",
      unit,
      unitDisplay: "short",
      maximumFractionDigits: digits,
    });
    return spaced(format.format(amount));
  }
  return "";
}

export function count(value: number, language: Language): string {
  return new Intl.NumberFormat(language, { maximumFractionDigits: value < 10 ? 1 : 0 }).format(
    value,
  );
}

/** What the run is at, in one line. */
export function activityInWords(run: Run, { say }: Messages): string {
  if (run.state === "waiting" && run.position !== null) {
    return say("runQueued", { position: run.position });
  }
  if (run.state === "running" && run.preparing) {
    const { side, done, total } = run.preparing;
    return say("runPreparing", { side: side.toUpperCase(), done, total });
  }
  if (run.state === "running" && run.examples_per_second === null) return say("runStarting");
  return "";
}
