import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { deskData, pictures } from "../core/batch.fixture";
import { Pictures } from "./pictures";

/** A Cache that has room for so many bytes. */
class Shelf {
  readonly kept = new Map<string, Blob>();
  room = Number.POSITIVE_INFINITY;

  async match(key: string): Promise<Response | undefined> {
    const blob = this.kept.get(key);
    return blob && new Response(blob);
  }

  async put(key: string, answer: Response): Promise<void> {
    const blob = await answer.blob();
    this.room -= blob.size;
    if (this.room < 0) throw new DOMException("full", "QuotaExceededError");
    this.kept.set(key, blob);
  }
}

const PREVIEW = 1000;

function picture(bytes: string, status = 200): Response {
  return new Response(bytes, { status, headers: { "Content-Type": "image/webp" } });
}

/** How the site answers for a picture. */
let answer: (url: string) => Response | Promise<Response>;
let asked: string[] = [];

function taking(shelf: Shelf, room = 1_000_000, isStopped = () => false) {
  const progress: [number, number][] = [];
  const onProgress = (done: number, total: number) => progress.push([done, total]);
  const data = deskData(pictures(6));
  const taken = new Pictures(shelf as unknown as Cache, data, { onProgress, isStopped }, room);
  return { taken, progress };
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout"] });
  vi.stubGlobal("indexedDB", new IDBFactory());
  asked = [];
  answer = (url) => picture("p".repeat(url.includes("preview") ? PREVIEW : 10));
  vi.stubGlobal("fetch", async (url: string) => {
    asked.push(url);
    return answer(url);
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function all(taken: Pictures): Promise<string> {
  const end = taken.fetchAll();
  await vi.advanceTimersByTimeAsync(60_000);
  return end;
}

describe("taking pictures along", () => {
  test("keeps previews, thumbnails and portraits by their bytes", async () => {
    const shelf = new Shelf();
    const { taken, progress } = taking(shelf);
    expect(await all(taken)).toBe("all");
    expect([taken.count, taken.bytes]).toEqual([6, 6 * (PREVIEW + 10) + 10]);
    expect(progress.at(-1)).toEqual([6, 6]);
    expect(shelf.kept.has("/taken/aa/face.webp")).toBe(true);
    expect(asked.every((url) => url.endsWith("?taken"))).toBe(true);
  });

  test("asks for none that is here already", async () => {
    const shelf = new Shelf();
    await all(taking(shelf).taken);
    asked = [];
    const { taken } = taking(shelf);
    expect([await all(taken), taken.count, asked]).toEqual(["all", 6, []]);
  });

  test("stops at what may be taken at the most, and keeps what fits", async () => {
    const shelf = new Shelf();
    const { taken } = taking(shelf, 3 * (PREVIEW + 10) + 20);
    expect(await all(taken)).toBe("cap");
    expect(taken.count).toBe(3);
    expect(taken.bytes).toBeLessThanOrEqual(3 * (PREVIEW + 10) + 20);
  });

  test("says when the device is full", async () => {
    const shelf = new Shelf();
    shelf.room = 2500;
    expect(await all(taking(shelf).taken)).toBe("full");
  });

  test("tries again, and says when the line has gone for good", async () => {
    const shelf = new Shelf();
    let failures = 2;
    answer = () => {
      if (failures-- > 0) throw new TypeError("no line");
      return picture("p");
    };
    expect(await all(taking(shelf).taken)).toBe("all");
    answer = () => {
      throw new TypeError("no line");
    };
    const later = taking(new Shelf()).taken;
    expect([await all(later), later.count]).toEqual(["cut", 0]);
  });

  test("goes no further once a picture is refused, or the person has had enough", async () => {
    answer = () => new Response("", { status: 403 });
    expect(await all(taking(new Shelf()).taken)).toBe("refused");
    expect(asked.length).toBeLessThanOrEqual(4);
    expect(await all(taking(new Shelf(), 1_000_000, () => true).taken)).toBe("stopped");
  });

  test("keeps no page in place of a picture: who is signed out is sent on to one", async () => {
    const signIn = new Response("<h1>Sign in</h1>", { headers: { "Content-Type": "text/html" } });
    const sentOn = Object.defineProperty(picture("p"), "redirected", { value: true });
    for (const page of [signIn, sentOn]) {
      const shelf = new Shelf();
      answer = () => page;
      expect([await all(taking(shelf).taken), shelf.kept.size]).toEqual(["refused", 0]);
    }
  });

  test("passes over a picture that is gone", async () => {
    answer = (url) => picture("p", url.includes("preview/2") ? 404 : 200);
    const { taken } = taking(new Shelf());
    expect(await all(taken)).toBe("all");
  });
});
