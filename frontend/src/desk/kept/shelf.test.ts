import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { MemoryStorage } from "../../shared/storage.fixture";
import { KEEP, reject } from "../core/batch.fixture";
import { newClientKey, Outbox, type Pending, shelfMark } from "../sending/outbox";
import { batchesOnShelves, openShelf, type Shelf, tell } from "./shelf";

function pending(itemId: number, given: Partial<Pending> = {}): Pending {
  return { itemId, vote: KEEP, clientKey: newClientKey(), at: itemId, ...given };
}

async function shelf(userId = "7", batchId = "3"): Promise<Shelf> {
  const opened = await openShelf(userId, batchId);
  if (!opened) throw new Error("no IndexedDB");
  return opened;
}

/** A tab: its outbox has reached the shelf, and hears of other tabs. */
async function tab(storage = new MemoryStorage()) {
  const [outbox, its] = [new Outbox(storage, "7", "3"), await shelf()];
  its.listen(({ itemId }) => void outbox.lookAgain(itemId));
  await outbox.reach(its);
  return { outbox, shelf: its, storage };
}

const votesIn = (storage: Storage) =>
  Array.from({ length: storage.length }, (_, at) => storage.key(at) ?? "").filter((key) =>
    key.startsWith("winnow.vote."),
  );

const moved = (storage: Storage) => vi.waitFor(() => expect(votesIn(storage)).toEqual([]));

beforeEach(() => {
  vi.stubGlobal("indexedDB", new IDBFactory());
});

afterEach(() => {
  vi.unstubAllGlobals();
});

describe("a vote", () => {
  test("is in localStorage at once, and on the shelf soon after", async () => {
    const { outbox, storage, shelf: its } = await tab();
    const mine = pending(11);
    outbox.put(mine);
    expect(votesIn(storage)).toEqual(["winnow.vote.7.3.11"]);
    await moved(storage);
    expect(await its.all()).toEqual([mine]);
    expect(outbox.all()).toEqual([mine]);
    expect(outbox.couldLose).toBe(false);
    expect(storage.getItem(shelfMark("7"))).not.toBeNull();
  });

  test("left in localStorage by an older page is moved once", async () => {
    const storage = new MemoryStorage();
    const left = [pending(11), pending(12, { refused: "lease_expired" })];
    for (const vote of left) new Outbox(storage, "7", "3").put(vote);
    const { outbox, shelf: its } = await tab(storage);
    await moved(storage);
    expect(await its.all()).toEqual(left);
    expect(outbox.waiting().map(({ itemId }) => itemId)).toEqual([11]);
    expect(outbox.refused().map(({ itemId }) => itemId)).toEqual([12]);
    expect(await batchesOnShelves("7")).toEqual(["3"]);
    expect(await batchesOnShelves("8")).toEqual([]);
  });

  test("is found by a tab that opens later", async () => {
    const first = await tab();
    first.outbox.put(pending(11));
    await moved(first.storage);
    const later = await tab(first.storage);
    expect(later.outbox.waiting().map(({ itemId }) => itemId)).toEqual([11]);
  });

  test("that is settled leaves nothing behind, however early", async () => {
    const { outbox, shelf: its } = await tab();
    const mine = pending(11);
    outbox.put(mine);
    expect(outbox.settle(mine)).toBe(true);
    await vi.waitFor(async () => expect(await its.all()).toEqual([]));
    expect(outbox.all()).toEqual([]);
  });

  test("that was replaced while it was moved stays replaced", async () => {
    const { outbox, storage, shelf: its } = await tab();
    const [first, second] = [pending(11, { at: 1 }), pending(11, { at: 2, vote: null })];
    outbox.put(first);
    outbox.put(second);
    await moved(storage);
    expect(await its.all()).toEqual([second]);
    expect(outbox.settle(first)).toBe(false);
    expect(await its.all()).toEqual([second]);
  });

  test("of the same millisecond as the one before it takes its place", async () => {
    const { outbox, storage, shelf: its } = await tab();
    const [first, second] = [pending(11), pending(11, { vote: reject("blurry") })];
    outbox.put(first);
    await moved(storage);
    outbox.put(second);
    await moved(storage);
    expect(await its.all()).toEqual([second]);
  });
});

describe("two tabs", () => {
  test("hear of each other's votes, and of those that were sent", async () => {
    const storage = new MemoryStorage();
    const [one, other] = [await tab(storage), await tab(storage)];
    const mine = pending(11);
    one.outbox.put(mine);
    await vi.waitFor(() => expect(other.outbox.all()).toEqual([mine]));
    await moved(storage);
    expect(other.outbox.settle(mine)).toBe(true);
    await vi.waitFor(() => expect(one.outbox.all()).toEqual([]));
  });

  test("an older vote never takes the place of a newer one", async () => {
    const [one, other] = [await tab(), await tab()];
    const [older, newer] = [pending(11, { at: 1 }), pending(11, { at: 2, vote: reject("drawn") })];
    one.outbox.put(newer);
    await moved(one.storage);
    other.outbox.put(older);
    await moved(other.storage);
    expect(await one.shelf.all()).toEqual([newer]);
    expect(other.outbox.all()).toEqual([newer]);
  });

  test("the service worker's news reaches them, and another person's does not", async () => {
    const heard: unknown[] = [];
    (await shelf()).listen((news) => heard.push(news));
    tell({ userId: "8", batchId: "3", itemId: 11, stored: KEEP });
    tell({ userId: "7", batchId: "3", itemId: 12, stored: KEEP });
    await vi.waitFor(() => expect(heard).toHaveLength(1));
    expect(heard).toEqual([{ userId: "7", batchId: "3", itemId: 12, stored: KEEP }]);
  });
});

describe("where IndexedDB is missing or full", () => {
  test("there is no shelf, and votes stay in localStorage", async () => {
    vi.stubGlobal("indexedDB", undefined);
    expect(await openShelf("7", "3")).toBeNull();
    expect(await batchesOnShelves("7")).toEqual([]);
  });

  test("what the shelf does not take stays in localStorage", async () => {
    const { outbox, storage, shelf: its } = await tab();
    vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(() => {
      throw new DOMException("full", "QuotaExceededError");
    });
    const mine = pending(11);
    outbox.put(mine);
    await expect(its.put(mine)).rejects.toThrow("full");
    expect(votesIn(storage)).toEqual(["winnow.vote.7.3.11"]);
    expect(outbox.all()).toEqual([mine]);
    vi.restoreAllMocks();
  });
});
