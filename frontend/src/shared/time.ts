import type { Language } from "./language";

const UNITS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
];

/** Chinese as the site writes it: a space between a number and the word after it. */
export function spaced(text: string): string {
  return text.replace(/\d(?=\p{Script=Han})/gu, "$& ");
}

/** "in 2 hours", "2 小时后": the largest unit that is at least two, else minutes. */
export function fromNow(milliseconds: number, language: Language): string {
  const format = new Intl.RelativeTimeFormat(language, { numeric: "always" });
  for (const [unit, length] of UNITS) {
    const amount = milliseconds / length;
    if (Math.abs(amount) >= 2 || unit === "minute")
      return spaced(format.format(Math.trunc(amount), unit));
  }
  return spaced(format.format(0, "minute"));
}

/** A day with its time as the pages write it: "25 Nov 2026, 18:54", "2026 年 11 月 25 日 18:54". */
export function moment(at: string, language: Language): string {
  const format = new Intl.DateTimeFormat(language === "en" ? "en-US" : language, {
    year: "numeric",
    month: language === "en" ? "short" : "numeric",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  const parts = format.formatToParts(new Date(at));
  const part = Object.fromEntries(parts.map(({ type, value }) => [type, value]));
  const time = `${part.hour}:${part.minute}`;
  return language === "en"
    ? `${part.day} ${part.month} ${part.year}, ${time}`
    : `${part.year} 年 ${part.month} 月 ${part.day} 日 ${time}`;
}
