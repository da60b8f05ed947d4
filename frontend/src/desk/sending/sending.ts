/** Votes on their way: kept on this device first, then sent, and counted until they are stored. */
import { signal } from "@preact/signals";
import type { Vote } from "../core/contract";
import { newClientKey, Outbox, type Pending } from "./outbox";
import { Sender, type SenderParts, type SendingState } from "./sender";

export interface SendingParts
  extends Pick<SenderParts, "send" | "alone" | "onAccepted" | "onRefused"> {
  readonly kept: Storage | null;
  readonly userId: string;
  readonly batchId: string;
  readonly onAllSent: () => void;
}

export class Sending {
  readonly now = signal<{ unsent: number; state: SendingState }>({ unsent: 0, state: "idle" });
  readonly #outbox: Outbox;
  readonly #sender: Sender;
  readonly #onAllSent: () => void;

  constructor({ kept, userId, batchId, onAllSent, ...sender }: SendingParts) {
    this.#outbox = new Outbox(kept, userId, batchId);
    this.#onAllSent = onAllSent;
    this.#sender = new Sender({
      ...sender,
      outbox: this.#outbox,
      onChange: (unsent, state) => this.#note(unsent, state),
    });
  }

  unsent(): Pending[] {
    return this.#outbox.all();
  }

  post(votes: readonly { readonly itemId: number; readonly vote: Vote | null }[]): void {
    for (const { itemId, vote } of votes) {
      this.#outbox.put({ itemId, vote, clientKey: newClientKey(), at: Date.now() });
    }
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

  #note(unsent: number, state: SendingState): void {
    const before = this.now.value;
    if (before.unsent !== unsent || before.state !== state) this.now.value = { unsent, state };
    if (unsent === 0 && before.unsent > 0) this.#onAllSent();
  }
}
