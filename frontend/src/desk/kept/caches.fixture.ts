/** The caches of a browser, in memory, and a site that has one batch to take along. */
import { vi } from "vitest";
import { deskData, pictures } from "../core/batch.fixture";

const PAGE = `<script src="/static/assets/desk.js"></script><div id="desk" class="room"></div>`;

class MemoryCache {
  readonly kept = new Map<string, Response>();

  async match(key: string): Promise<Response | undefined> {
    return this.kept.get(key)?.clone();
  }

  async put(key: string, answer: Response): Promise<void> {
    this.kept.set(key, answer);
  }

  async add(key: string): Promise<void> {
    this.kept.set(key, await fetch(key));
  }
}

export class MemoryCaches {
  readonly all = new Map<string, MemoryCache>();

  async open(name: string): Promise<MemoryCache> {
    const cache = this.all.get(name) ?? new MemoryCache();
    this.all.set(name, cache);
    return cache;
  }

  async keys(): Promise<string[]> {
    return [...this.all.keys()];
  }

  async delete(name: string): Promise<boolean> {
    return this.all.delete(name);
  }

  /** How many pictures lie in the cache of that name; null where there is no such cache. */
  pictures(name: string): number | null {
    const keys = this.all.get(name)?.kept.keys();
    return keys ? [...keys].filter((key) => key.endsWith("preview.webp")).length : null;
  }
}

export class Site {
  readonly data = { ...deskData(pictures(6)), portraits: [] };
  /** The script that the newest version of the site has. */
  script = "assets/desk.js";
  hasLine = true;
  /** Called before a picture is answered for. */
  onPicture: (url: string) => Promise<void> | void = () => undefined;

  readonly fetch = async (url: string): Promise<Response> => {
    if (url.includes("?taken")) await this.onPicture(url);
    if (!this.hasLine) throw new TypeError("no line");
    if (url === "/desk/") return new Response(this.#page());
    if (url === "/static/manifest.json") {
      return Response.json({ "src/desk/main.tsx": { file: this.script } });
    }
    return new Response("p".repeat(10), { headers: { "Content-Type": "image/webp" } });
  };

  #page(): string {
    return `${PAGE}<script id="desk-data" type="application/json">${JSON.stringify(this.data)}</script>`;
  }

  open(): MemoryCaches {
    const kept = new MemoryCaches();
    vi.stubGlobal("caches", kept);
    vi.stubGlobal("fetch", this.fetch);
    return kept;
  }
}
