/**
 * Votes that the server has not acknowledged yet, or did not take. Each has a key of its own in localStorage, so
 * two tabs never overwrite each other's, and a killed tab loses none. Storage is the truth: it is
 * read anew each time, since another tab may have written to it.
 */
import type { Vote } from "../core/contract";

/** `vote: null` takes the vote back. By the key the server knows a repeat. */
export interface Pending {
  readonly itemId: number;
  readonly vote: Vote | null;
  readonly clientKey: string;
  /** When it was cast, in milliseconds since 1970. */
  readonly at: number;
  /** Names the picture that was on the screen, and its number for people. */
  readonly picture?: string;
  readonly number?: number;
  /** Why the server did not take it; it stays until the person decides what becomes of it. */
  readonly refused?: string;
}

const PREFIX = "winnow.vote";

export class Outbox {
  readonly prefix: string;
  /** Only what could not be stored: it would not survive the tab. */
  readonly #fleeting = new Map<number, Pending>();

  constructor(
    private readonly storage: Storage | null,
    userId: string,
    batchId: string,
  ) {
    this.prefix = `${PREFIX}.${userId}.${batchId}.`;
  }

  /** Replaces an earlier vote on the same item that is still waiting. */
  put(pending: Pending): void {
    try {
      if (!this.storage) throw new Error("no storage");
      this.storage.setItem(this.#key(pending.itemId), JSON.stringify(pending));
      this.#fleeting.delete(pending.itemId);
    } catch {
      this.#fleeting.set(pending.itemId, pending);
    }
  }

  /** All that waits, oldest first. */
  all(): Pending[] {
    const found = new Map<number, Pending>();
    for (const key of storedKeys(this.storage, this.prefix)) {
      const pending = this.#read(key);
      if (pending) found.set(pending.itemId, pending);
    }
    for (const pending of this.#fleeting.values()) found.set(pending.itemId, pending);
    return [...found.values()].sort((a, b) => a.at - b.at || a.itemId - b.itemId);
  }

  /** Those that are to be sent. */
  waiting(): Pending[] {
    return this.all().filter(({ refused }) => refused === undefined);
  }

  /** Those that the server did not take. */
  refused(): Pending[] {
    return this.all().filter(({ refused }) => refused !== undefined);
  }

  /** Keeps `pending` as refused, unless a newer vote has taken its place; says whether it did. */
  refuse(pending: Pending, code: string): boolean {
    if (this.newest(pending.itemId)?.clientKey !== pending.clientKey) return false;
    this.put({ ...pending, refused: code });
    return true;
  }

  /** The person wants those that were refused to be sent once more. */
  retryRefused(): void {
    for (const { refused: _, ...pending } of this.refused()) this.put(pending);
  }

  /** The person lets those go that were refused. */
  letRefusedGo(): void {
    for (const pending of this.refused()) this.settle(pending);
  }

  newest(itemId: number): Pending | null {
    return this.#fleeting.get(itemId) ?? this.#read(this.#key(itemId));
  }

  /** Forgets `pending`, unless a newer vote has taken its place; says whether it was the newest. */
  settle(pending: Pending): boolean {
    if (this.newest(pending.itemId)?.clientKey !== pending.clientKey) return false;
    this.#fleeting.delete(pending.itemId);
    this.storage?.removeItem(this.#key(pending.itemId));
    return true;
  }

  /** Whether closing the tab now would lose a vote. */
  get couldLose(): boolean {
    return this.#fleeting.size > 0;
  }

  #key(itemId: number): string {
    return `${this.prefix}${itemId}`;
  }

  #read(key: string): Pending | null {
    const text = this.storage?.getItem(key) ?? null;
    if (text === null) return null;
    try {
      return asPending(JSON.parse(text));
    } catch {
      return null;
    }
  }
}

/** The batches in which `userId` has unsent votes on this device. */
export function batchesWithUnsent(storage: Storage, userId: string): string[] {
  const start = `${PREFIX}.${userId}.`;
  const batches = storedKeys(storage, start).map((key) => key.slice(start.length).split(".")[0]);
  return [...new Set(batches)].filter((batch) => batch !== undefined);
}

function storedKeys(storage: Storage | null, prefix: string): string[] {
  const keys: string[] = [];
  for (let index = 0; index < (storage?.length ?? 0); index++) {
    const key = storage?.key(index);
    if (key?.startsWith(prefix)) keys.push(key);
  }
  return keys;
}

function asPending(value: unknown): Pending | null {
  const pending = value as Partial<Pending> | null;
  const whole =
    typeof pending?.itemId === "number" &&
    typeof pending.clientKey === "string" &&
    typeof pending.at === "number" &&
    pending.vote !== undefined;
  return whole ? (pending as Pending) : null;
}

/** The browser's storage, or null where it is forbidden (some private windows). */
export function storageOrNull(read: () => Storage): Storage | null {
  try {
    return read();
  } catch {
    return null;
  }
}

/** A random UUID; `crypto.randomUUID` would need TLS, which a server at home may lack. */
export function newClientKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const [six = 0, eight = 0] = [bytes[6], bytes[8]];
  bytes[6] = (six & 0x0f) | 0x40;
  bytes[8] = (eight & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
