/** Numbers and times as the run page says them. */
import type { Language } from "../shared/language";
import type { Messages } from "../shared/messages";
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

/** "2 hr 5 min": the two largest units, rounded so that a long time does not tick by seconds. */
export function durationInWords(seconds: number, language: Language): string {
  const first = UNITS.findIndex(([, length]) => seconds >= length);
  const largest = first < 0 ? UNITS.length - 1 : first;
  const shown = UNITS.slice(largest, largest + 2);
  const finest = shown.at(-1)?.[1] ?? 1;
  let rest = Math.round(seconds / finest) * finest;
  return shown
    .flatMap(([unit, length]) => {
      const count = Math.floor(rest / length);
      rest -= count * length;
      return count || length === finest ? [[unit, count] as const] : [];
    })
    .filter(([, count], index, all) => count || all.length === 1 || index === 0)
    .map(([unit, count]) =>
      new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "short" }).format(count),
    )
    .join(" ");
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
