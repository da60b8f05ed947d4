/** How far the sending has come. */
export interface Tally {
  readonly files: number;
  readonly whole: number;
  readonly bytes: number;
  readonly sent: number;
}

export const NOTHING: Tally = { files: 0, whole: 0, bytes: 0, sent: 0 };

/** Bytes of a moment, in milliseconds. */
interface Moment {
  readonly at: number;
  readonly sent: number;
}

const LOOKS_BACK_MS = 10_000;

/** Bytes a second over the last ten seconds; it begins anew when the line was broken. */
export class Speed {
  #moments: Moment[] = [];
  #movedAt = 0;

  note(at: number, sent: number): void {
    if (sent !== this.#moments.at(-1)?.sent) this.#movedAt = at;
    this.#moments = [
      ...this.#moments.filter((each) => at - each.at <= LOOKS_BACK_MS),
      { at, sent },
    ];
  }

  forget(): void {
    this.#moments = [];
  }

  /** For how many milliseconds nothing has moved. */
  get stillSince(): number {
    const last = this.#moments.at(-1);
    return last ? last.at - this.#movedAt : 0;
  }

  get bytesPerSecond(): number {
    const first = this.#moments[0];
    const last = this.#moments.at(-1);
    if (!first || !last || last.at - first.at < 1000) return 0;
    return (1000 * (last.sent - first.sent)) / (last.at - first.at);
  }
}

/** Seconds until all has been sent; nothing while nobody can know. */
export function secondsLeft(tally: Tally, bytesPerSecond: number): number | null {
  if (bytesPerSecond <= 0) return null;
  return (tally.bytes - tally.sent) / bytesPerSecond;
}

const UNITS = ["B", "KB", "MB", "GB", "TB"] as const;

/** "0 B", "734 KB", "1.2 GB", the same in both languages. */
export function inUnits(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit > 1 && value < 100 ? 1 : 0;
  return `${value.toFixed(digits)} ${UNITS[unit]}`;
}
