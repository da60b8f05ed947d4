/**
 * The pictures of one listing, window by window: those that are looked at are fetched, the nearest
 * first and two at a time; those far away are forgotten. Positions count from 0.
 */
import type { Answer } from "../../shared/api";
import type { GridImage, Places, WindowOfImages } from "./contract";

export interface Source {
  readonly places: () => Promise<Answer<Places>>;
  readonly window: (start: string | null, end: string | null) => Promise<Answer<WindowOfImages>>;
}

interface Loaded {
  readonly images: readonly GridImage[];
  usedAt: number;
}

const AT_ONCE = 2;
/** So many windows are kept: some thousand pictures to and fro cost nothing. */
const KEPT = 40;

export class Windows {
  #places: Places = { total: 0, every: 1, places: [] };
  readonly #loaded = new Map<number, Loaded>();
  readonly #loading = new Map<number, Promise<boolean>>();
  #wanted: readonly number[] = [];
  #clock = 0;

  constructor(
    private readonly source: Source,
    /** Something can be shown that could not be before. */
    private readonly onChange: () => void,
    /** A window did not hold what its places had promised, or could not be had. */
    private readonly onTrouble: (what: "changed" | Answer<unknown>) => void,
  ) {}

  get total(): number {
    return this.#places.total;
  }

  /** Learn how many there are and where windows begin; the first one comes beside it. */
  async open(): Promise<Answer<Places>> {
    const first = this.source.window(null, null);
    const answer = await this.source.places();
    if (answer.kind !== "ok") return answer;
    this.#places = answer.data;
    const images = await first;
    if (images.kind === "ok" && this.total > 0) this.#keep(0, images.data.images);
    return answer;
  }

  at(position: number): GridImage | null {
    const index = Math.floor(position / this.#places.every);
    const loaded = this.#loaded.get(index);
    if (!loaded) return null;
    loaded.usedAt = ++this.#clock;
    return loaded.images[position - index * this.#places.every] ?? null;
  }

  /** The pictures to have, positions first to last; what was wanted before is not any more. */
  want(first: number, last: number): void {
    this.#wanted = this.#indexes(first, last).filter((index) => !this.#loaded.has(index));
    this.#fill();
  }

  /** All pictures from first to last, fetched if need be; null when one window cannot be had. */
  async between(first: number, last: number): Promise<readonly GridImage[] | null> {
    const images: GridImage[] = [];
    for (const index of this.#indexes(first, last)) {
      if (!this.#loaded.has(index) && !(await this.#load(index))) return null;
      // Taken now: a long range is more than what is kept.
      const start = index * this.#places.every;
      const window = this.#loaded.get(index)?.images ?? [];
      images.push(...window.slice(Math.max(0, first - start), last - start + 1));
    }
    return images;
  }

  #indexes(first: number, last: number): number[] {
    const { every, total } = this.#places;
    if (total === 0) return [];
    const from = Math.floor(Math.max(0, first) / every);
    const to = Math.floor(Math.min(total - 1, last) / every);
    return Array.from({ length: to - from + 1 }, (_, n) => from + n);
  }

  #fill(): void {
    for (const index of this.#wanted) {
      if (this.#loading.size >= AT_ONCE) return;
      if (!this.#loaded.has(index) && !this.#loading.has(index)) void this.#load(index);
    }
  }

  #load(index: number): Promise<boolean> {
    const running = this.#loading.get(index);
    if (running) return running;
    const loading = this.#fetch(index).then((done) => {
      this.#loading.delete(index);
      if (done) this.#fill();
      return done;
    });
    this.#loading.set(index, loading);
    return loading;
  }

  async #fetch(index: number): Promise<boolean> {
    const { places } = this.#places;
    const answer = await this.source.window(places[index] ?? null, places[index + 1] ?? null);
    if (answer.kind !== "ok") {
      this.#wanted = [];
      this.onTrouble(answer);
      return false;
    }
    this.#keep(index, answer.data.images);
    return true;
  }

  #keep(index: number, images: readonly GridImage[]): void {
    this.#loaded.set(index, { images, usedAt: ++this.#clock });
    const { every, total } = this.#places;
    if (images.length !== Math.min(every, total - index * every)) this.onTrouble("changed");
    while (this.#loaded.size > KEPT) this.#loaded.delete(this.#oldest());
    this.onChange();
  }

  #oldest(): number {
    let oldest = -1;
    let usedAt = Number.POSITIVE_INFINITY;
    for (const [index, loaded] of this.#loaded) {
      if (loaded.usedAt < usedAt) [oldest, usedAt] = [index, loaded.usedAt];
    }
    return oldest;
  }
}
