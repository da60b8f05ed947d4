// @vitest-environment happy-dom
import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { MemoryStorage } from "../../shared/storage.fixture";
import { takenMark } from "../core/from-taken";
import { type MemoryCaches, Site } from "../kept/caches.fixture";
import { Along } from "./along";

const MARK = takenMark("7", "3");

let site: Site;
let kept: MemoryCaches;
let storage: Storage;
let along: Along;

beforeEach(() => {
  vi.stubGlobal("indexedDB", new IDBFactory());
  site = new Site();
  kept = site.open();
  storage = new MemoryStorage();
  const registration = {} as ServiceWorkerRegistration;
  const worker = { register: async () => registration, ready: Promise.resolve(registration) };
  along = new Along({
    ...{ userId: "7", batchId: "3", url: "/desk/", isCopy: false, storage },
    worker: worker as unknown as ServiceWorkerContainer,
    load: () => import("../kept/kept"),
  });
});

afterEach(() => {
  vi.unstubAllGlobals();
});

test("the mark is there before the first picture, so that other pages know of a closed tab's", async () => {
  const marks: (string | null)[] = [];
  site.onPicture = () => void marks.push(storage.getItem(MARK));
  expect(await along.take()).toBe(true);
  expect(new Set(marks)).toEqual(new Set(["1"]));
  expect(along.taken.value?.pictures).toBe(6);
});

test("without a line nothing is marked that is not here, and what is here stays marked", async () => {
  site.hasLine = false;
  expect([await along.take(), storage.getItem(MARK)]).toEqual([false, null]);
  site.hasLine = true;
  await along.take();
  site.hasLine = false;
  expect([await along.take(), along.end.value]).toEqual([true, "offline"]);
  expect([storage.getItem(MARK), kept.all.size]).toEqual(["1", 1]);
});

test("who leaves it while it is on its way has none of it", async () => {
  site.onPicture = () => along.leave();
  expect(await along.take()).toBe(false);
  expect([along.taken.value, storage.getItem(MARK), kept.all.size]).toEqual([null, null, 0]);
});
