import { expect, test } from "vitest";
import { MemoryStorage } from "../../shared/storage.fixture";
import { KEEP, reject } from "../core/batch.fixture";
import { batchesWithUnsent, newClientKey, Outbox, type Pending } from "./outbox";

function pending(itemId: number, given: Partial<Pending> = {}): Pending {
  return { itemId, vote: KEEP, clientKey: newClientKey(), at: itemId, ...given };
}

test("votes wait in the order they were cast, and survive the tab", () => {
  const storage = new MemoryStorage();
  const before = new Outbox(storage, "7", "3");
  before.put(pending(12, { at: 2000 }));
  before.put(pending(11, { at: 1000, vote: null }));
  const reopened = new Outbox(storage, "7", "3");
  expect(reopened.all().map(({ itemId }) => itemId)).toEqual([11, 12]);
  expect(reopened.newest(11)?.vote).toBeNull();
});

test("the newest vote on an item replaces the one before it", () => {
  const outbox = new Outbox(new MemoryStorage(), "7", "3");
  const first = pending(11);
  const second = pending(11, { vote: reject("blurry") });
  outbox.put(first);
  outbox.put(second);
  expect(outbox.all()).toEqual([second]);
  expect(outbox.settle(first)).toBe(false);
  expect(outbox.all()).toEqual([second]);
  expect(outbox.settle(second)).toBe(true);
  expect(outbox.all()).toEqual([]);
});

test("two tabs, two people and two batches do not touch each other's votes", () => {
  const storage = new MemoryStorage();
  const [one, other] = [new Outbox(storage, "7", "3"), new Outbox(storage, "7", "3")];
  const [colleague, elsewhere] = [new Outbox(storage, "8", "3"), new Outbox(storage, "7", "31")];
  one.put(pending(11));
  other.put(pending(12));
  colleague.put(pending(13));
  elsewhere.put(pending(14));
  expect(one.all().map(({ itemId }) => itemId)).toEqual([11, 12]);
  expect(colleague.all().map(({ itemId }) => itemId)).toEqual([13]);
  expect(batchesWithUnsent(storage, "7").sort()).toEqual(["3", "31"]);
});

test("a vote that another tab replaced is not the newest any more", () => {
  const storage = new MemoryStorage();
  const [one, other] = [new Outbox(storage, "7", "3"), new Outbox(storage, "7", "3")];
  const mine = pending(11);
  one.put(mine);
  other.put(pending(11, { vote: reject("drawn") }));
  expect(one.settle(mine)).toBe(false);
  expect(one.newest(11)?.vote).toEqual(reject("drawn"));
});

test("what was refused waits apart, until the person sends it again or lets it go", () => {
  const outbox = new Outbox(new MemoryStorage(), "7", "3");
  const [one, other] = [pending(11), pending(12)];
  outbox.put(one);
  outbox.put(other);
  expect(outbox.refuse(one, "lease_expired")).toBe(true);
  expect(outbox.waiting()).toEqual([other]);
  expect(outbox.refused()).toEqual([{ ...one, refused: "lease_expired" }]);
  outbox.retryRefused();
  expect(outbox.waiting()).toEqual([one, other]);
  outbox.refuse(one, "lease_expired");
  outbox.letRefusedGo();
  expect(outbox.all()).toEqual([other]);
});

test("a newer vote on the picture takes the place of one that was refused", () => {
  const outbox = new Outbox(new MemoryStorage(), "7", "3");
  const [first, second] = [pending(11), pending(11, { vote: reject("blurry") })];
  outbox.put(first);
  outbox.put(second);
  expect(outbox.refuse(first, "enough_votes")).toBe(false);
  outbox.refuse(second, "enough_votes");
  const third = pending(11);
  outbox.put(third);
  expect(outbox.all()).toEqual([third]);
});

test("only what cannot be stored would be lost with the tab", () => {
  const storage = new MemoryStorage();
  const outbox = new Outbox(storage, "7", "3");
  outbox.put(pending(11));
  expect(outbox.couldLose).toBe(false);
  storage.full = true;
  const fleeting = pending(12);
  outbox.put(fleeting);
  expect(outbox.couldLose).toBe(true);
  expect(outbox.all()).toHaveLength(2);
  outbox.settle(fleeting);
  expect(outbox.couldLose).toBe(false);
});

test("without any storage votes are still kept while the tab lives", () => {
  const outbox = new Outbox(null, "7", "3");
  outbox.put(pending(11));
  expect(outbox.all()).toHaveLength(1);
  expect(outbox.couldLose).toBe(true);
});

test("a garbled entry is passed over", () => {
  const storage = new MemoryStorage();
  storage.setItem("winnow.vote.7.3.11", "{half");
  storage.setItem("winnow.vote.7.3.12", '{"itemId":12}');
  expect(new Outbox(storage, "7", "3").all()).toEqual([]);
});

test("client keys are UUIDs and differ", () => {
  const keys = new Set(Array.from({ length: 200 }, newClientKey));
  expect(keys.size).toBe(200);
  for (const key of keys) {
    expect(key).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  }
});
