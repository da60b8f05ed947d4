/**
 * Votes of one person on one batch in IndexedDB, which survive the tab and which the service worker
 * can send. Whoever changes one there tells the other tabs.
 */
import type { News, Pending, VoteShelf } from "../sending/outbox";
import { type Database, type KeptVote, openDatabase, owned } from "./database";

const CHANNEL = "winnow.votes";

export function tell(news: News): void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage(news);
  channel.close();
}

export class Shelf implements VoteShelf {
  readonly #channel = new BroadcastChannel(CHANNEL);

  constructor(
    private readonly database: Database,
    private readonly userId: string,
    private readonly batchId: string,
  ) {}

  async all(): Promise<Pending[]> {
    const kept = await this.database.getAll("votes", owned(this.userId, this.batchId));
    return kept.map(asPending);
  }

  async read(itemId: number): Promise<Pending | null> {
    const kept = await this.database.get("votes", [this.userId, this.batchId, itemId]);
    return kept ? asPending(kept) : null;
  }

  /** Keeps it, unless a newer one is there; returns the one that is there now. */
  async put(pending: Pending): Promise<Pending> {
    const { userId, batchId } = this;
    const change = this.database.transaction("votes", "readwrite");
    const there = await change.store.get([userId, batchId, pending.itemId]);
    const wins = !there || there.at <= pending.at;
    if (wins) await change.store.put({ ...pending, userId, batchId });
    await change.done;
    if (wins) this.#tell(pending.itemId);
    return wins ? pending : asPending(there);
  }

  /** Takes it away, unless a newer one has taken its place. */
  async remove({ itemId, clientKey }: Pending): Promise<void> {
    const { userId, batchId } = this;
    const change = this.database.transaction("votes", "readwrite");
    const there = await change.store.get([userId, batchId, itemId]);
    const isThat = there?.clientKey === clientKey;
    if (isThat) await change.store.delete([userId, batchId, itemId]);
    await change.done;
    if (isThat) this.#tell(itemId);
  }

  /** Calls `heard` when another tab or the service worker has changed something here. */
  listen(heard: (news: News) => void): void {
    this.#channel.addEventListener("message", ({ data }: MessageEvent<News>) => {
      if (data.userId === this.userId && data.batchId === this.batchId) heard(data);
    });
  }

  #tell(itemId: number): void {
    this.#channel.postMessage({ userId: this.userId, batchId: this.batchId, itemId });
  }
}

/** The shelf, or null where this browser has none: then votes stay in localStorage. */
export async function openShelf(userId: string, batchId: string): Promise<Shelf | null> {
  try {
    return new Shelf(await openDatabase(), userId, batchId);
  } catch {
    return null;
  }
}

/** The batches of which something of `userId` lies in IndexedDB. */
export async function batchesOnShelves(userId: string): Promise<string[]> {
  try {
    const database = await openDatabase();
    const keys = await database.getAllKeys("votes", owned(userId));
    database.close();
    return [...new Set(keys.map(([, batchId]) => batchId))];
  } catch {
    return [];
  }
}

export function asPending({ userId: _, batchId: __, ...pending }: KeptVote): Pending {
  return pending;
}
