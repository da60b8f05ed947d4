import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { KEEP, reject } from "../core/batch.fixture";
import type { Taken } from "./database";
import {
  allTaken,
  cacheOf,
  changeTaken,
  forgetStored,
  isOver,
  leaveHere,
  noteStored,
  noteTaken,
  serverTime,
  storedSince,
  takenOf,
} from "./taken";

const HOUR = 3_600_000;
const MINE = { userId: "7", batchId: "3" };

function taken(given: Partial<Taken> = {}): Taken {
  return {
    ...MINE,
    ...{ url: "/desk/", subject: "Ada", number: 1, pictures: 3, total: 3, bytes: 1000 },
    ...{ until: 10 * HOUR, ahead: 0, seen: 0 },
    ...given,
  };
}

beforeEach(() => {
  vi.stubGlobal("indexedDB", new IDBFactory());
  vi.stubGlobal("caches", { delete: vi.fn(async () => true) });
});

afterEach(() => {
  vi.unstubAllGlobals();
});

describe("the lease's end by the server's clock", () => {
  test.each([
    ["right", 0],
    ["an hour slow", HOUR],
    ["an hour fast", -HOUR],
  ])("is the same on a phone that is %s", (_, ahead) => {
    const there = (now: number) => now - ahead;
    expect(isOver(taken({ ahead }), there(10 * HOUR - 1))).toBe(false);
    expect(isOver(taken({ ahead }), there(10 * HOUR))).toBe(true);
  });

  test("does not move away when the phone's clock is set back", () => {
    const seen = 9.9 * HOUR;
    expect(serverTime({ ahead: 0, seen }, 2 * HOUR)).toBe(seen);
    expect(isOver(taken({ seen: 10 * HOUR }), 2 * HOUR)).toBe(true);
  });
});

describe("what was taken along", () => {
  test("is found by person and batch, and changes only while it is there", async () => {
    await noteTaken(taken());
    await noteTaken(taken({ userId: "8" }));
    expect((await takenOf("7", "3"))?.subject).toBe("Ada");
    expect(await takenOf("7", "4")).toBeUndefined();
    expect((await changeTaken(MINE, { until: 1 }))?.until).toBe(1);
    expect(await changeTaken({ userId: "9", batchId: "3" }, { until: 1 })).toBeNull();
    expect(await allTaken()).toHaveLength(2);
  });

  test("goes with all that was noted of it, and nobody else's does", async () => {
    await noteTaken(taken());
    await noteTaken(taken({ userId: "8" }));
    await noteStored(MINE, 11, KEEP);
    await noteStored({ userId: "8", batchId: "3" }, 11, KEEP);
    await leaveHere(MINE);
    expect((await allTaken()).map(({ userId }) => userId)).toEqual(["8"]);
    expect(await storedSince(MINE)).toEqual([]);
    expect(await storedSince({ userId: "8", batchId: "3" })).toHaveLength(1);
    expect(caches.delete).toHaveBeenCalledExactlyOnceWith(cacheOf(MINE));
  });

  test("keeps what the server stored after its copy, until a newer copy holds it", async () => {
    await noteStored(MINE, 11, KEEP);
    await noteStored(MINE, 12, null);
    const known = await storedSince(MINE);
    await noteStored(MINE, 12, reject("blurry"));
    await forgetStored(known);
    expect(await storedSince(MINE)).toEqual([{ ...MINE, itemId: 12, vote: reject("blurry") }]);
  });
});
