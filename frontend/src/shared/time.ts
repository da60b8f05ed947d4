import type { Language } from "./language";

const UNITS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
];

/** "in 2 hours", "2小时后": the largest unit that is at least two, else minutes. */
export function fromNow(milliseconds: number, language: Language): string {
  const format = new Intl.RelativeTimeFormat(language, { numeric: "always" });
  for (const [unit, length] of UNITS) {
    const amount = milliseconds / length;
    if (Math.abs(amount) >= 2 || unit === "minute") return format.format(Math.trunc(amount), unit);
  }
  return format.format(0, "minute");
}
