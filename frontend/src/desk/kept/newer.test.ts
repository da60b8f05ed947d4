import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { MemoryStorage } from "../../shared/storage.fixture";
import { KEEP, reject } from "../core/batch.fixture";
import type { Pending } from "../sending/outbox";
import { Sending } from "../sending/sending";
import { openShelf } from "./shelf";

const HOUR = 3_600_000;

beforeEach(() => {
  vi.stubGlobal("indexedDB", new IDBFactory());
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("a later vote is the newer one, also when the device's clock was set back", async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: 10 * HOUR });
  const storage = new MemoryStorage();
  const sending = new Sending({
    ...{ kept: storage, userId: "7", batchId: "3" },
    shelf: () => openShelf("7", "3"),
    send: async () => ({ kind: "failed", why: "offline" }),
    onAccepted: () => undefined,
    onRefused: () => undefined,
    onAllSent: () => undefined,
    onNews: () => undefined,
  });
  await sending.reach();
  const onShelf = async (): Promise<Pending | null> =>
    (await openShelf("7", "3"))?.read(11) ?? null;
  sending.post([{ itemId: 11, vote: KEEP }]);
  await vi.waitFor(async () => expect((await onShelf())?.vote).toEqual(KEEP));
  vi.setSystemTime(8 * HOUR);
  sending.post([{ itemId: 11, vote: reject("blurry") }]);
  await vi.waitFor(async () => expect((await onShelf())?.vote).toEqual(reject("blurry")));
  expect(sending.unsent().map(({ vote }) => vote)).toEqual([reject("blurry")]);
});
