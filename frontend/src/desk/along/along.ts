/**
 * Whether the batch on the desk is on this device too, and how it gets there and goes again. What it
 * takes is loaded when it is needed: most desks are judged with a line.
 */
import { type Signal, signal } from "@preact/signals";
import type { DeskData, Vote } from "../core/contract";
import { fromTaken, takenMark } from "../core/from-taken";
import type { End, Taken } from "../kept/kept";

type Kept = typeof import("../kept/kept");

export interface AlongParts {
  readonly userId: string;
  readonly batchId: string;
  /** The path of the desk. */
  readonly url: string;
  /** The page came from this device, not from the server. */
  readonly isCopy: boolean;
  readonly storage: Storage | null;
  /** None where the browser has no service workers, or hides them from pages without TLS. */
  readonly worker: ServiceWorkerContainer | null;
  readonly load: () => Promise<Kept>;
  readonly now?: () => number;
}

const WORKER = "/sw.js";
const NOTE_MS = 60_000;
/** The server writes whole seconds. */
const SAME_MS = 2000;

export class Along {
  readonly taken = signal<Taken | null>(null);
  readonly progress = signal<{ done: number; total: number } | null>(null);
  /** What came of the last taking. */
  readonly end = signal<End | null>(null);
  /** Whether this browser can keep anything: those inside other apps have no service worker. */
  readonly isPossible: Signal<boolean>;
  readonly #parts: AlongParts;
  #isCopy: boolean;
  #ahead = 0;
  #stopped = false;
  #left = false;

  constructor(parts: AlongParts) {
    this.#parts = parts;
    this.#isCopy = parts.isCopy;
    this.isPossible = signal(parts.worker !== null);
  }

  /** Whether it is here, as far as can be said without asking. */
  get isMarked(): boolean {
    return this.#parts.storage?.getItem(this.#mark) != null;
  }

  /** The time by the server's clock, as far as it is known. */
  now(): number {
    return (this.#parts.now ?? Date.now)() + this.#ahead;
  }

  /** What the desk is to show: of a copy, with what the server has stored since it was made. */
  async received(data: DeskData): Promise<DeskData> {
    if (!this.isMarked) return data;
    const here = fromTaken(data, this.#parts.userId, this.#parts.batchId);
    if (!this.#isCopy) return here;
    const kept = await this.#parts.load();
    await this.#remember(kept);
    const since = await kept.storedSince(this.#parts).catch(() => []);
    const votes = new Map(since.map(({ itemId, vote }) => [itemId, vote]));
    const items = here.items.map((item) => {
      const vote = votes.get(item.id);
      return vote === undefined ? item : { ...item, my_vote: vote };
    });
    return { ...here, items };
  }

  /** The first picture is there: now there is time for what is kept. */
  async settleIn(): Promise<void> {
    await this.#register();
    if (!this.isMarked) return;
    const kept = await this.#parts.load();
    await this.#remember(kept);
    const isHere = this.taken.value !== null;
    if (isHere && !this.#isCopy) {
      // Without a line the older copy does.
      this.taken.value = await kept.renewCopy(this.#parts).catch(() => this.taken.value);
    }
  }

  /** Says whether there is a service worker. Without a line it is not known yet whether there can be one. */
  async #register(): Promise<boolean> {
    const { worker } = this.#parts;
    try {
      const registration = (await worker?.register(WORKER)) as
        | ServiceWorkerRegistration
        | undefined;
      if (registration) await worker?.ready;
      else this.isPossible.value = false;
    } catch (error) {
      if (!(error instanceof TypeError)) this.isPossible.value = false;
      return false;
    }
    return this.isPossible.value;
  }

  async #remember(kept: Kept): Promise<void> {
    const { userId, batchId, storage } = this.#parts;
    this.taken.value ??= (await kept.takenOf(userId, batchId).catch(() => undefined)) ?? null;
    if (!this.taken.value) storage?.removeItem(this.#mark);
    else if (this.#ahead === 0) this.#ahead = this.taken.value.ahead;
  }

  /** Says whether it is here now. */
  async take(): Promise<boolean> {
    if (this.progress.value) return false;
    this.#stopped = false;
    this.#left = false;
    this.end.value = null;
    this.progress.value = { done: 0, total: 0 };
    const { load, storage } = this.#parts;
    try {
      const kept = await load();
      if (!(await this.#register())) throw new TypeError("no service worker");
      storage?.setItem(this.#mark, "1"); // First: by it other pages find what has to go.
      const { end, taken } = await kept.takeAlong({
        ...this.#parts,
        ahead: this.#ahead,
        onProgress: (done, total) => {
          this.progress.value = { done, total };
        },
        isStopped: () => this.#stopped,
      });
      if (this.#left) {
        await kept.leaveHere(this.#parts);
        return false;
      }
      this.end.value = end;
      this.taken.value = taken;
      if (taken) storage?.setItem(this.#mark, "1");
      else storage?.removeItem(this.#mark);
    } catch {
      this.end.value = "offline";
    } finally {
      this.progress.value = null;
    }
    return this.taken.value !== null;
  }

  stop(): void {
    this.#stopped = true;
  }

  /** Takes it off this device. Votes that were not sent yet stay. */
  async leave(): Promise<void> {
    const { storage, load } = this.#parts;
    this.#stopped = true;
    this.#left = true;
    if (!this.isMarked && !this.taken.value) return;
    storage?.removeItem(this.#mark);
    this.taken.value = null;
    this.end.value = null;
    await (await load()).leaveHere(this.#parts);
  }

  /** The server has stored a vote: the copy of the page does not know of it. */
  stored(itemId: number, vote: Vote | null): void {
    if (!this.isMarked) return;
    void this.#parts.load().then(({ noteStored }) => noteStored(this.#parts, itemId, vote));
  }

  /** Votes have moved the lease's end on. */
  leasedUntil(until: string): void {
    this.#change({ until: Date.parse(until) });
  }

  /** What an answer says of the server's clock. */
  heard(headers: Headers): void {
    const there = Date.parse(headers.get("Date") ?? "");
    const ahead = there - (this.#parts.now ?? Date.now)();
    if (Number.isNaN(ahead)) return;
    const moved = Math.abs(ahead - this.#ahead) > SAME_MS;
    if (moved) this.#ahead = ahead;
    const known = this.taken.value;
    if (known && (moved || Math.abs(ahead - known.ahead) > SAME_MS)) this.#change({ ahead });
  }

  /** Without a line only the clock can say that the lease has ended. Call it now and then. */
  isOver(): boolean {
    const taken = this.taken.value;
    if (!taken) return false;
    const now = Math.max(this.now(), taken.seen);
    if (now - taken.seen > NOTE_MS) this.#change({ seen: now });
    return now >= taken.until;
  }

  #change(change: Partial<Taken>): void {
    const known = this.taken.value;
    if (!known) return;
    this.taken.value = { ...known, ...change };
    void this.#parts.load().then(({ changeTaken }) => changeTaken(this.#parts, change));
  }

  get #mark(): string {
    return takenMark(this.#parts.userId, this.#parts.batchId);
  }
}
