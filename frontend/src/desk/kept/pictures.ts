/** The pictures of a batch on their way into a cache, a few at a time and as many as there is room for. */
import type { DeskData } from "../core/contract";
import { NoCopy } from "./copy";
import { pictureKey } from "./taken";

const AT_ONCE = 4;
const TRIES = 3;

/** `cut`: the line broke on the way, and what came so far is here. `full`: there is no room for it. */
export type End = "all" | "cap" | "cut" | "full" | "refused" | "renewed" | "offline" | "stopped";

export interface Watched {
  readonly onProgress: (done: number, total: number) => void;
  readonly isStopped: () => boolean;
}

export function isFull(error: unknown): boolean {
  return error instanceof DOMException && error.name === "QuotaExceededError";
}

/** One picture to keep: under which key, and where it comes from. */
interface Wanted {
  readonly key: string;
  readonly url: string;
  /** Belongs to a picture to judge, and not to a portrait. */
  readonly counts: boolean;
}

export class Pictures {
  count = 0;
  bytes = 0;
  #end: End = "all";
  readonly #queue: Wanted[];
  readonly #total: number;

  constructor(
    private readonly cache: Cache,
    data: DeskData,
    private readonly parts: Watched,
    private readonly room: number,
  ) {
    this.#queue = wantedOf(data);
    this.#total = data.items.length;
  }

  async fetchAll(): Promise<End> {
    await Promise.all(Array.from({ length: AT_ONCE }, () => this.#work()));
    return this.parts.isStopped() ? "stopped" : this.#end;
  }

  async #work(): Promise<void> {
    while (this.#end === "all" && !this.parts.isStopped()) {
      const wanted = this.#queue.shift();
      if (!wanted) return;
      try {
        await this.#keep(wanted);
      } catch (error) {
        this.#end = isFull(error) ? "full" : this.#end === "all" ? "cut" : this.#end;
        return;
      }
      if (wanted.counts) this.count++;
      this.parts.onProgress(this.count, this.#total);
    }
  }

  async #keep({ key, url }: Wanted): Promise<void> {
    const there = await this.cache.match(key);
    const blob = there ? await there.blob() : await this.#bytesFrom(url);
    if (!blob) return;
    if (this.bytes + blob.size > this.room) {
      this.#end = "cap";
      throw new Error("no more may be kept");
    }
    this.bytes += blob.size;
    if (!there) await this.cache.put(key, new Response(blob));
  }

  /** Null of a picture that is gone. */
  async #bytesFrom(url: string): Promise<Blob | null> {
    for (let tries = 1; ; tries++) {
      try {
        const answer = await fetch(`${url}?taken`);
        if (isPicture(answer)) return await answer.blob();
        if (answer.status === 404 || answer.status === 410) return null;
        if (answer.status < 500 && answer.status !== 429) {
          this.#end = "refused";
          throw new NoCopy("refused");
        }
        throw new Error(`answered ${answer.status}`);
      } catch (error) {
        if (tries === TRIES || error instanceof NoCopy) throw error;
        await new Promise((over) => setTimeout(over, 500 * tries));
      }
    }
  }
}

/** Whoever was signed out is sent on to a page that says so: that is no picture. */
function isPicture({ ok, redirected, headers }: Response): boolean {
  return ok && !redirected && (headers.get("Content-Type") ?? "").startsWith("image/");
}

/** Portraits first, then what is yet to be judged, then the rest. */
function wantedOf({ items, portraits, look_alikes }: DeskData): Wanted[] {
  const faces = [...portraits, ...look_alikes.flatMap((each) => each.portraits)];
  const isDone = (item: DeskData["items"][number]) => Number(!item.open || item.my_vote !== null);
  const inOrder = [...items].sort((a, b) => isDone(a) - isDone(b) || a.position - b.position);
  return [
    ...faces.map(({ picture, url }) => ({
      key: pictureKey(picture, "face.webp"),
      url,
      counts: false,
    })),
    ...inOrder.flatMap(({ picture, preview_url, thumb_url }) => [
      { key: pictureKey(picture, "thumb.webp"), url: thumb_url, counts: false },
      { key: pictureKey(picture, "preview.webp"), url: preview_url, counts: true },
    ]),
  ];
}
