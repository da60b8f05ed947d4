/**
 * Batches that were taken along: which there are, how long each may be looked at, and what the server
 * has stored since. Their pages and pictures lie in a cache of their own, named by person and batch.
 */
import type { Vote } from "../core/contract";
import { type Database, openDatabase, owned, type SaidSince, type Taken } from "./database";

export type { Taken };

type Whose = Pick<Taken, "userId" | "batchId">;

const CACHE = "winnow-taken";

export function cacheOf({ userId, batchId }: Whose): string {
  return `${CACHE}-${userId}-${batchId}`;
}

/** The key of a picture in that cache: by its bytes, since its address changes. */
export function pictureKey(picture: string, file: string): string {
  return `/taken/${picture}/${file}`;
}

/**
 * The time by the server's clock: a phone that is an hour off gets no hour more, and loses none. It
 * never runs back, whatever is done to the phone's clock meanwhile.
 */
export function serverTime({ ahead, seen }: Pick<Taken, "ahead" | "seen">, now: number): number {
  return Math.max(seen, now + ahead);
}

export function isOver(taken: Pick<Taken, "ahead" | "seen" | "until">, now: number): boolean {
  return serverTime(taken, now) >= taken.until;
}

async function withDatabase<Result>(
  work: (database: Database) => Promise<Result>,
): Promise<Result> {
  const database = await openDatabase();
  try {
    return await work(database);
  } finally {
    database.close();
  }
}

export function takenOf(userId: string, batchId: string): Promise<Taken | undefined> {
  return withDatabase((database) => database.get("taken", [userId, batchId]));
}

export function allTaken(): Promise<Taken[]> {
  return withDatabase((database) => database.getAll("taken"));
}

/** Puts it down, or what has changed of it; says null of one that is not there any more. */
export function noteTaken(taken: Taken): Promise<unknown> {
  return withDatabase((database) => database.put("taken", taken));
}

export async function changeTaken(whose: Whose, change: Partial<Taken>): Promise<Taken | null> {
  return withDatabase(async (database) => {
    const write = database.transaction("taken", "readwrite");
    const there = await write.store.get([whose.userId, whose.batchId]);
    const changed = there ? { ...there, ...change } : null;
    if (changed) await write.store.put(changed);
    await write.done;
    return changed;
  });
}

/** Pictures, page and all that was noted go. Votes that were not sent stay: they are their caster's. */
export async function leaveHere({ userId, batchId }: Whose): Promise<void> {
  await Promise.allSettled([
    caches.delete(cacheOf({ userId, batchId })),
    withDatabase(async (database) => {
      const change = database.transaction(["taken", "said"], "readwrite");
      await change.objectStore("taken").delete([userId, batchId]);
      await change.objectStore("said").delete(owned(userId, batchId));
      await change.done;
    }),
  ]);
}

/** Caches that no row names, of a tab that was closed at the wrong moment: nobody would ask for them. */
export async function leaveStrays(): Promise<void> {
  const known = new Set((await allTaken()).map(cacheOf));
  const names = (await caches.keys()).filter((name) => name.startsWith(`${CACHE}-`));
  const strays = names.filter((name) => !known.has(name));
  await Promise.all(strays.map((name) => caches.delete(name)));
}

/** What the server has stored on an item of a batch that was taken along, newer than the copy of its page. */
export function noteStored(whose: Whose, itemId: number, vote: Vote | null): Promise<unknown> {
  const { userId, batchId } = whose;
  return withDatabase((database) => database.put("said", { userId, batchId, itemId, vote }));
}

export function storedSince({ userId, batchId }: Whose): Promise<SaidSince[]> {
  return withDatabase((database) => database.getAll("said", owned(userId, batchId)));
}

/** A newer copy of the page holds them: those that were not changed meanwhile are forgotten. */
export function forgetStored(known: readonly SaidSince[]): Promise<unknown> {
  return withDatabase(async (database) => {
    const change = database.transaction("said", "readwrite");
    for (const { userId, batchId, itemId, vote } of known) {
      const there = await change.store.get([userId, batchId, itemId]);
      const isSame = JSON.stringify(there?.vote) === JSON.stringify(vote);
      if (isSame) await change.store.delete([userId, batchId, itemId]);
    }
    await change.done;
  });
}
