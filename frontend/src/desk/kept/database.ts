/**
 * What this browser keeps in IndexedDB: votes that have not reached the server, and the batches that
 * were taken along. The service worker reads it too, which cannot read localStorage.
 */
import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import type { Vote } from "../core/contract";
import type { Pending } from "../sending/outbox";

/** Whose it is, of which batch, and on which picture of it. */
type OfItem = [userId: string, batchId: string, itemId: number];
type OfBatch = [userId: string, batchId: string];

interface Owned {
  readonly userId: string;
  readonly batchId: string;
}

export interface KeptVote extends Owned, Pending {}

/** What the server has stored since a copy of the batch was taken along. */
export interface SaidSince extends Owned {
  readonly itemId: number;
  readonly vote: Vote | null;
}

/** A batch whose pictures are on this device. */
export interface Taken extends Owned {
  /** The path of its desk. */
  readonly url: string;
  readonly subject: string;
  readonly number: number;
  readonly pictures: number;
  /** Of how many; fewer were taken when they would not fit. */
  readonly total: number;
  readonly bytes: number;
  /** The lease's end by the server's clock, in milliseconds since 1970. */
  readonly until: number;
  /** How far the server's clock is ahead of this device's. */
  readonly ahead: number;
  /** The latest time that was seen by the server's clock: time does not run back. */
  readonly seen: number;
}

interface Schema extends DBSchema {
  votes: { key: OfItem; value: KeptVote };
  said: { key: OfItem; value: SaidSince };
  taken: { key: OfBatch; value: Taken };
}

export type Database = IDBPDatabase<Schema>;

const NAME = "winnow";

/** Rejects where there is no IndexedDB, or where it is refused (some private windows). */
export async function openDatabase(): Promise<Database> {
  const database = await openDB<Schema>(NAME, 1, {
    upgrade(made) {
      made.createObjectStore("votes", { keyPath: ["userId", "batchId", "itemId"] });
      made.createObjectStore("said", { keyPath: ["userId", "batchId", "itemId"] });
      made.createObjectStore("taken", { keyPath: ["userId", "batchId"] });
    },
    // A newer page must not wait for an older one.
    blocking: (_from, _to, event) => (event.target as IDBDatabase).close(),
  });
  return database;
}

/** All that one person has of one batch; of all their batches without `batchId`. */
export function owned(userId: string, batchId?: string): IDBKeyRange {
  const start = batchId === undefined ? [userId] : [userId, batchId];
  // An array is greater than every string and number in the same place.
  return IDBKeyRange.bound(start, [...start, []]);
}
