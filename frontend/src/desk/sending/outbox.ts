/**
 * Votes that the server has not acknowledged yet, or did not take. A vote is written to localStorage
 * at once, under a key of its own, so that a tab killed the moment after loses none; from there it is
 * moved to the shelf in IndexedDB, where the service worker finds it. Where there is no shelf it
 * stays. Of two votes on one item the newer counts, wherever it lies.
 */
import type { Vote } from "../core/contract";

/** `vote: null` takes the vote back. By the key the server knows a repeat. */
export interface Pending {
  readonly itemId: number;
  readonly vote: Vote | null;
  readonly clientKey: string;
  /** When it was cast, in milliseconds since 1970. */
  readonly at: number;
  /** Names the picture that was on the screen, and what the desk calls it. */
  readonly picture?: string;
  readonly place?: number;
  /** The version of the manual that was shown. */
  readonly manual?: number;
  /** Of a ruling: its note, whether an earlier one was on the screen, whether it was that one. */
  readonly note?: string;
  readonly overrules?: boolean;
  readonly putsBack?: boolean;
  /** Of a ruling: on which page it was made. */
  readonly page?: string;
  /** Why the server did not take it; it stays until the person decides what becomes of it. */
  readonly refused?: string;
}

const PREFIX = "winnow.vote";
const RULINGS = "winnow.ruling";

/** What is told between tabs and the service worker: something of this item has changed. */
export interface News {
  readonly userId: string;
  readonly batchId: string;
  readonly itemId: number;
  /** The server has stored it; null is a vote taken back. */
  readonly stored?: Vote | null;
}

/** Where votes survive the tab and the service worker finds them, see `desk/kept`. */
export interface VoteShelf {
  all(): Promise<Pending[]>;
  read(itemId: number): Promise<Pending | null>;
  /** Keeps it, unless a newer one is there; returns the one that is there now. */
  put(pending: Pending): Promise<Pending>;
  /** Takes it away, unless a newer one has taken its place. */
  remove(pending: Pending): Promise<void>;
  /** Calls `heard` when another tab or the service worker has changed something here. */
  listen(heard: (news: News) => void): void;
}

/** Rulings are kept and sent as votes are, an image in place of an item, and never taken for any. */
export class Outbox {
  readonly prefix: string;
  /** Only what could not be stored: it would not survive the tab. */
  readonly #fleeting = new Map<number, Pending>();
  /** What lies on the shelf, as far as this tab has heard. */
  readonly #shelved = new Map<number, Pending>();
  readonly #mark: string;
  #shelf: VoteShelf | null = null;

  constructor(
    private readonly storage: Storage | null,
    userId: string,
    batchId: string,
    kind: "vote" | "ruling" = "vote",
  ) {
    const prefix = kind === "vote" ? PREFIX : RULINGS;
    this.prefix = `${prefix}.${userId}.${batchId}.`;
    this.#mark = shelfMark(userId);
  }

  get hasShelf(): boolean {
    return this.#shelf !== null;
  }

  /** Whether something may lie on the shelf, so that it is worth waiting for. */
  get mayBeShelved(): boolean {
    return this.storage?.getItem(this.#mark) != null;
  }

  /** Learns what lies on the shelf, and moves there what lies in localStorage. */
  async reach(shelf: VoteShelf): Promise<void> {
    for (const pending of await shelf.all()) this.#shelved.set(pending.itemId, pending);
    this.#shelf = shelf;
    await Promise.all(this.all().map(({ itemId }) => this.#shelve(itemId)));
  }

  /** Reads the item's vote on the shelf anew: another tab or the service worker may have changed it. */
  async lookAgain(itemId: number): Promise<void> {
    const there = await this.#shelf?.read(itemId).catch(() => this.#shelved.get(itemId));
    if (there) this.#shelved.set(itemId, there);
    else this.#shelved.delete(itemId);
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
    void this.#shelve(pending.itemId);
  }

  /** Moves the item's vote to the shelf. One that the shelf does not take stays where it is. */
  async #shelve(itemId: number): Promise<void> {
    const pending = this.#unshelved(itemId);
    if (!this.#shelf || !pending) return;
    try {
      this.#remember();
      const there = await this.#shelf.put(pending);
      if (!isSame(this.#unshelved(itemId), pending)) return; // Something newer, or it has gone.
      this.#shelved.set(itemId, there);
      this.#clear(itemId);
    } catch {
      return;
    }
  }

  #remember(): void {
    try {
      this.storage?.setItem(this.#mark, "1");
    } catch {
      // Full: what is on the shelf is found by the next desk, only not by every page.
    }
  }

  #clear(itemId: number): void {
    this.#fleeting.delete(itemId);
    this.storage?.removeItem(this.#key(itemId));
  }

  /** All that waits, oldest first. */
  all(): Pending[] {
    const stored = storedKeys(this.storage, this.prefix).map((key) => this.#read(key)?.itemId);
    const items = new Set([...this.#shelved.keys(), ...stored, ...this.#fleeting.keys()]);
    return [...items]
      .map((itemId) => (itemId === undefined ? null : this.newest(itemId)))
      .filter((pending) => pending !== null)
      .sort((a, b) => a.at - b.at || a.itemId - b.itemId);
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

  /** Those that were refused are to be sent once more: all, or those that `may`. */
  retryRefused(may: (pending: Pending) => boolean = () => true): void {
    for (const { refused: _, ...pending } of this.refused().filter(may)) this.put(pending);
  }

  /** The person lets those go that were refused. */
  letRefusedGo(): void {
    for (const pending of this.refused()) this.settle(pending);
  }

  newest(itemId: number): Pending | null {
    const shelved = this.#shelved.get(itemId) ?? null;
    const unshelved = this.#unshelved(itemId);
    return shelved && unshelved && shelved.at > unshelved.at ? shelved : (unshelved ?? shelved);
  }

  #unshelved(itemId: number): Pending | null {
    return this.#fleeting.get(itemId) ?? this.#read(this.#key(itemId));
  }

  /** Forgets `pending`, unless a newer vote has taken its place; says whether it was the newest. */
  settle(pending: Pending): boolean {
    if (this.newest(pending.itemId)?.clientKey !== pending.clientKey) return false;
    this.#clear(pending.itemId);
    this.#shelved.delete(pending.itemId);
    // If that fails it is sent once more, and the server knows it by its key.
    void this.#shelf?.remove(pending).catch(() => undefined);
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

/** In localStorage while something of `userId` lies on a shelf: pages ask it before they look there. */
export function shelfMark(userId: string): string {
  return `winnow.shelf.${userId}`;
}

function isSame(one: Pending | null, other: Pending): boolean {
  return one?.clientKey === other.clientKey && one.refused === other.refused;
}

/** The batches in which `userId` has unsent votes in localStorage. */
export function batchesWithUnsent(storage: Storage, userId: string): string[] {
  return namedBehind(storage, `${PREFIX}.${userId}.`);
}

/** The subjects of which `userId` has unsent rulings in localStorage. */
export function subjectsWithUnsent(storage: Storage, userId: string): string[] {
  return namedBehind(storage, `${RULINGS}.${userId}.`);
}

function namedBehind(storage: Storage, start: string): string[] {
  const names = storedKeys(storage, start).map((key) => key.slice(start.length).split(".")[0]);
  return [...new Set(names)].filter((name) => name !== undefined);
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
