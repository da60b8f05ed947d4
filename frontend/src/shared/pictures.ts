/**
 * Pictures ready before they are wanted: fetched a few at a time in the order of need, decoded
 * off the screen, and handed out as elements, so that showing one costs no decoding. While the most
 * urgent one is on its way nothing else is begun: it has the line for itself.
 */
export type PictureState = "loading" | "ready" | "failed";

const AT_ONCE = 4;
const RETRY_MS = 2000;

interface Picture {
  readonly element: HTMLImageElement;
  /** `resting`: it failed, and waits to be tried again. */
  state: PictureState | "queued" | "resting";
  tries: number;
}

export class PicturePool {
  readonly #pictures = new Map<string, Picture>();
  #wanted: readonly string[] = [];

  constructor(
    private readonly onChange: (url: string) => void,
    private readonly makeImage: (url: string) => HTMLImageElement = () => new Image(),
  ) {}

  /** The pictures to have, most urgent first. All others are dropped. */
  want(urls: readonly string[]): void {
    this.#wanted = [...new Set(urls)];
    const wanted = new Set(urls);
    for (const url of this.#pictures.keys()) {
      if (!wanted.has(url)) this.#pictures.delete(url);
    }
    this.#fill();
  }

  /** Lets go of all pictures, those on the screen too; returns where they had come from. */
  drop(): string[] {
    const urls = [...this.#pictures.keys()];
    for (const { element } of this.#pictures.values()) {
      element.remove();
      element.removeAttribute("src");
    }
    this.#pictures.clear();
    this.#wanted = [];
    return urls;
  }

  state(url: string): PictureState {
    const state = this.#pictures.get(url)?.state ?? "loading";
    return state === "queued" || state === "resting" ? "loading" : state;
  }

  element(url: string): HTMLImageElement | null {
    const picture = this.#pictures.get(url);
    return picture?.state === "ready" ? picture.element : null;
  }

  /** Failed pictures are tried again. */
  retry(): void {
    for (const [url, picture] of this.#pictures) {
      if (picture.state === "failed") this.#pictures.delete(url);
    }
    this.#fill();
  }

  #fill(): void {
    let loading = 0;
    for (const { state } of this.#pictures.values()) if (state === "loading") loading++;
    for (const url of this.#wanted) {
      if (loading >= AT_ONCE) return;
      if (this.#begin(url)) loading++;
      if (url === this.#wanted[0] && this.#pictures.get(url)?.state === "loading") return;
    }
  }

  /** Whether it was yet to be fetched, and now is. */
  #begin(url: string): boolean {
    const known = this.#pictures.get(url);
    if (known && known.state !== "queued") return false;
    const picture = known ?? { element: this.makeImage(url), state: "loading", tries: 0 };
    this.#pictures.set(url, picture);
    void this.#load(url, picture);
    return true;
  }

  async #load(url: string, picture: Picture): Promise<void> {
    picture.state = "loading";
    picture.tries++;
    const { element } = picture;
    element.draggable = false;
    element.src = url;
    try {
      await element.decode();
      picture.state = "ready";
    } catch {
      if (picture.tries === 1 && this.#pictures.get(url) === picture) {
        picture.state = "resting";
        setTimeout(() => this.#again(url, picture), RETRY_MS);
        this.#fill();
        return;
      }
      picture.state = "failed";
    }
    if (this.#pictures.get(url) !== picture) return;
    this.onChange(url);
    this.#fill();
  }

  #again(url: string, picture: Picture): void {
    if (this.#pictures.get(url) !== picture) return;
    picture.element.removeAttribute("src");
    picture.state = "queued";
    this.#fill();
  }
}

/** Makes pictures, but for the one that came with the page: that is taken, wherever it lies in it. */
export function imagesWith(given: HTMLImageElement | null): (url: string) => HTMLImageElement {
  let left = given;
  return (url) => {
    if (left?.getAttribute("src") !== url) return new Image();
    const image = left;
    left = null;
    return image;
  };
}

/** Takes what the browser has kept of these addresses out of its cache: it asks, and is refused. */
export function forgetPictures(urls: readonly string[]): void {
  for (const url of urls) void fetch(url, { cache: "reload" }).catch(() => undefined);
}
