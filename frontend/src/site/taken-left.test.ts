import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { afterEach, expect, test, vi } from "vitest";
import { Site } from "../desk/kept/caches.fixture";
import { cacheOf } from "../desk/kept/taken";
import { leaveWhatHasEnded } from "./taken-left";

afterEach(() => {
  vi.unstubAllGlobals();
});

test("with what another person took goes what nobody knows of", async () => {
  vi.stubGlobal("indexedDB", new IDBFactory());
  vi.stubGlobal("localStorage", { removeItem: () => undefined });
  const kept = new Site().open();
  await kept.open(cacheOf({ userId: "7", batchId: "3" }));
  await kept.open(cacheOf({ userId: "8", batchId: "5" }));
  await leaveWhatHasEnded(["winnow.taken.7.3"], "9");
  expect(await kept.keys()).toEqual([]);
});
