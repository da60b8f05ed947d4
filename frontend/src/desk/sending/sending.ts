/** Votes on their way: kept on this device first, then sent, and counted until they are stored. */
import { signal } from "@preact/signals";
import { newClientKey, Outbox, type Pending } from "./outbox";
import { Sender, type SenderParts, type SendingState } from "./sender";

export interface SendingParts
  extends Pick<SenderParts, "send" | "alone" | "onAccepted" | "onRefused"> {
  readonly kept: Storage | null;
  readonly userId: string;
  readonly batchId: string;
  readonly onAllSent: () => void;
}

export type Cast = Pick<Pending, "itemId" | "vote" | "picture" | "number">;

export class Sending {
  readonly now = signal<{ unsent: number; state: SendingState }>({ unsent: 0, state: "idle" });
  /** Votes that the server did not take, until the person decides what becomes of them. */
  readonly refused = signal<readonly Pending[]>([]);
  readonly #outbox: Outbox;
  readonly #sender: Sender;
  readonly #onAllSent: () => void;

  constructor({ kept, userId, batchId, onAllSent, ...sender }: SendingParts) {
    this.#outbox = new Outbox(kept, userId, batchId);
    this.#onAllSent = onAllSent;
    this.#sender = new Sender({
      ...sender,
      outbox: this.#outbox,
      onChange: (unsent, state, refused) => this.#note(unsent, state, refused),
    });
  }

  unsent(): Pending[] {
    return this.#outbox.waiting();
  }

  post(votes: readonly Cast[]): void {
    for (const cast of votes) {
      this.#outbox.put({ ...cast, clientKey: newClientKey(), at: Date.now() });
    }
    this.#sender.kick();
  }

  retryRefused(): void {
    this.#outbox.retryRefused();
    this.#sender.kick();
  }

  letRefusedGo(): void {
    this.#outbox.letRefusedGo();
    this.#sender.kick();
  }

  /** Sends what an earlier visit left. */
  start(): void {
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
