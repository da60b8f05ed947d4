/** Votes on their way: kept on this device first, then sent, and counted until they are stored. */
import { signal } from "@preact/signals";
import { type News, newClientKey, Outbox, type Pending, type VoteShelf } from "./outbox";
import { Sender, type SenderParts, type SendingState } from "./sender";

export interface SendingParts
  extends Pick<SenderParts, "send" | "alone" | "onAccepted" | "onRefused"> {
  readonly kept: Storage | null;
  readonly userId: string;
  readonly batchId: string;
  readonly kind?: "vote" | "ruling";
  /** Opens the shelf in IndexedDB; null where there is none. */
  readonly shelf?: () => Promise<VoteShelf | null>;
  readonly onAllSent: () => void;
  /** Another tab or the service worker has cast a vote, or was refused one, or has sent it. */
  readonly onNews: (pending: Pending | null, news?: News) => void;
}

/** So long a desk waits for IndexedDB; some browsers never answer. */
const SHELF_MS = 1500;

export type Cast = Pick<
  Pending,
  "itemId" | "vote" | "picture" | "place" | "manual" | "note" | "overrules" | "page"
>;

export class Sending {
  readonly now = signal<{ unsent: number; state: SendingState }>({ unsent: 0, state: "idle" });
  /** Votes that the server did not take, until the person decides what becomes of them. */
  readonly refused = signal<readonly Pending[]>([]);
  readonly #outbox: Outbox;
  readonly #sender: Sender;
  readonly #onAllSent: () => void;
  /** Learns what lies in IndexedDB, once; from then on votes go there. */
  readonly reach: () => Promise<void>;

  constructor({ kept, userId, batchId, kind, shelf, onAllSent, onNews, ...sender }: SendingParts) {
    this.#outbox = new Outbox(kept, userId, batchId, kind);
    this.#onAllSent = onAllSent;
    let reaching: Promise<void> | null = null;
    this.reach = () => {
      reaching ??= this.#reach(shelf, onNews);
      return reaching;
    };
    this.#sender = new Sender({
      ...sender,
      outbox: this.#outbox,
      onChange: (unsent, state, refused) => this.#note(unsent, state, refused),
    });
  }

  /** Once votes that lie in IndexedDB are known. Without any there is nothing to wait for. */
  async known(): Promise<void> {
    if (!this.#outbox.mayBeShelved) return;
    await Promise.race([this.reach(), new Promise((over) => setTimeout(over, SHELF_MS))]);
  }

  async #reach(open: SendingParts["shelf"], onNews: SendingParts["onNews"]): Promise<void> {
    const shelf = (await open?.()) ?? null;
    if (!shelf) return;
    shelf.listen(async (news) => {
      await this.#outbox.lookAgain(news.itemId);
      this.#sender.kick();
      onNews(this.#outbox.newest(news.itemId), news);
    });
    const before = new Set(this.#outbox.all().map(({ clientKey }) => clientKey));
    await this.#outbox.reach(shelf).catch(() => undefined);
    this.#sender.kick();
    for (const pending of this.#outbox.all()) {
      if (!before.has(pending.clientKey)) onNews(pending);
    }
  }

  unsent(): Pending[] {
    return this.#outbox.waiting();
  }

  post(votes: readonly Cast[]): void {
    for (const cast of votes) {
      // A device's clock may be set back: a later vote is the newer one all the same.
      const at = Math.max(Date.now(), (this.#outbox.newest(cast.itemId)?.at ?? 0) + 1);
      this.#outbox.put({ ...cast, clientKey: newClientKey(), at });
    }
    this.#sender.kick();
  }

  /** Sends what waits, and what was refused: all of it, or what `may`. */
  retryRefused(may?: (pending: Pending) => boolean): void {
    this.#outbox.retryRefused(may);
    this.#sender.kick();
  }

  letRefusedGo(): void {
    this.#outbox.letRefusedGo();
    this.#sender.kick();
  }

  /** The network or the person is back. */
  wake(): void {
    this.#sender.wake();
  }

  /** Another tab wrote `key` into the storage both share; returns its vote, if it is one. */
  heard(key: string | null): Pending | null {
    if (!key?.startsWith(this.#outbox.prefix)) return null;
    this.#sender.kick();
    return this.#outbox.newest(Number(key.slice(this.#outbox.prefix.length)));
  }

  /** Whether closing the tab now would lose a vote. */
  get couldLose(): boolean {
    return this.#outbox.couldLose;
  }

  #note(unsent: number, state: SendingState, refused: readonly Pending[]): void {
    const before = this.now.value;
    if (inShort(refused) !== inShort(this.refused.value)) this.refused.value = refused;
    if (before.unsent !== unsent || before.state !== state) this.now.value = { unsent, state };
    if (unsent === 0 && before.unsent > 0) this.#onAllSent();
  }
}

function inShort(refused: readonly Pending[]): string {
  return refused.map(({ clientKey, refused: code }) => `${clientKey} ${code}`).join();
}
