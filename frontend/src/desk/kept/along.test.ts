// @vitest-environment happy-dom
import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type MemoryCaches, Site } from "./caches.fixture";
import { renewCopy, takeAlong } from "./take";
import { cacheOf, leaveHere, leaveStrays, takenOf } from "./taken";

const MINE = { userId: "7", batchId: "3" };
const DESK = { ...MINE, url: "/desk/", ahead: 0 };
const CACHE = cacheOf(MINE);

let site: Site;
let kept: MemoryCaches;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout"], shouldAdvanceTime: true, advanceTimeDelta: 500 });
  vi.stubGlobal("indexedDB", new IDBFactory());
  site = new Site();
  kept = site.open();
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function take(isStopped: () => boolean = () => false) {
  return takeAlong({ ...DESK, isStopped, onProgress: () => undefined });
}

/** As many as came before the line broke. */
async function takeSome(): Promise<void> {
  let asked = 0;
  site.onPicture = (url) => {
    if (url.includes("preview") && ++asked > 3) site.hasLine = false;
  };
  expect((await take()).end).toBe("cut");
  site.hasLine = true;
  site.onPicture = () => undefined;
}

describe("taking the others too", () => {
  const breaks: [string, () => boolean][] = [
    ["offline", () => !Object.assign(site, { hasLine: false })],
    ["renewed", () => !Object.assign(site, { script: "assets/newer.js" })],
    ["stopped", () => true],
  ];

  test.each(breaks)("leaves what is here when it ends %s", async (end, breakIt) => {
    await takeSome();
    const before = [await takenOf("7", "3"), kept.pictures(CACHE)];
    const isStopped = breakIt();
    expect((await take(() => isStopped)).end).toBe(end);
    expect([await takenOf("7", "3"), kept.pictures(CACHE)]).toEqual(before);
    expect(kept.pictures(CACHE)).toBeGreaterThan(0);
    expect(kept.all.get(CACHE)?.kept.has("/desk/")).toBe(true);
  });

  test.each(breaks)("leaves nothing when nothing was here and it ends %s", async (end, breakIt) => {
    const isStopped = breakIt();
    expect(await take(() => isStopped)).toEqual({ end, taken: null });
    expect([await takenOf("7", "3"), kept.all.size]).toEqual([undefined, 0]);
  });

  test("brings the rest", async () => {
    await takeSome();
    expect(await take()).toMatchObject({ end: "all", taken: { pictures: 6, total: 6 } });
  });
});

describe("no picture is here that nothing would take off", () => {
  test("of a tab that is closed on the way there is a row", async () => {
    site.onPicture = () => new Promise(() => undefined);
    void take();
    await vi.waitFor(() => expect(kept.pictures(CACHE)).toBe(0));
    expect(await takenOf("7", "3")).toMatchObject({ pictures: 0, total: 6 });
  });

  test("who leaves it on the way has none of it", async () => {
    let left = false;
    site.onPicture = async () => {
      if (!left) await leaveHere(MINE);
      left = true;
    };
    expect((await take()).taken).toBeNull();
    expect([await takenOf("7", "3"), kept.all.size]).toEqual([undefined, 0]);
  });

  test("a page that is made anew does not bring back what has gone", async () => {
    await take();
    const { fetch } = site;
    vi.stubGlobal("fetch", async (url: string) => {
      if (url === "/desk/") await leaveHere(MINE);
      return fetch(url);
    });
    expect(await renewCopy(DESK)).toBeNull();
    expect(kept.all.size).toBe(0);
  });

  test("what nobody knows of goes, and nothing else", async () => {
    await take();
    await kept.open(cacheOf({ userId: "8", batchId: "5" }));
    await kept.open("another");
    await leaveStrays();
    expect(await kept.keys()).toEqual([CACHE, "another"]);
  });
});
