/**
 * Carries votes from the outbox to the server: a few items at a time, one request per item at
 * most, the newest vote of an item last. It never gives up on a failure, only on a refusal; what
 * was refused stays in the outbox until the person decides.
 */
import { retryDelay } from "../../shared/api";
import type { Vote } from "../core/contract";
import type { Outbox, Pending } from "./outbox";

export type Outcome =
  | { kind: "accepted"; stored: Vote | null }
  | { kind: "refused"; code: string }
  | { kind: "signed_out" | "other_person" }
  | { kind: "failed"; why: "offline" | "server" | "busy"; retryAfter?: number };

/** `waiting`: the server stumbled, the next try is planned. */
export type SendingState =
  | "idle"
  | "sending"
  | "waiting"
  | "offline"
  | "signed_out"
  | "other_person";

export interface SenderParts {
  readonly outbox: Outbox;
  readonly send: (pending: Pending) => Promise<Outcome>;
  /** What the server has now; `newest` unless a later vote on the item still waits. */
  readonly onAccepted: (itemId: number, stored: Vote | null, newest: boolean) => void;
  readonly onRefused: (itemId: number, code: string) => void;
  readonly onChange: (unsent: number, state: SendingState, refused: readonly Pending[]) => void;
  /** Runs the work alone among all tabs, for one item. */
  readonly alone?: ((name: string, work: () => Promise<void>) => Promise<void>) | undefined;
}

/** Nobody is signed in, or somebody else is: votes wait for their owner. */
type SignIn = "signed_out" | "other_person";

const AT_ONCE = 3;
const SIGN_IN_CHECK_MS = 30_000;

export class Sender {
  readonly #parts: SenderParts;
  readonly #busy = new Set<number>();
  readonly #resting = new Map<number, { tries: number; until: number }>();
  /** No network, or nobody signed in: it concerns all items alike. */
  #pause: { tries: number; until: number; state: "offline" | SignIn } | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(parts: SenderParts) {
    this.#parts = parts;
  }

  /** Something was put into the outbox. */
  kick(): void {
    this.#pump();
  }

  /** The network is back, or the person is: what rests is tried now. */
  wake(): void {
    if (this.#pause) this.#pause.until = 0;
    for (const rest of this.#resting.values()) rest.until = 0;
    this.#pump();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #pump(): void {
    clearTimeout(this.#timer);
    const now = Date.now();
    if (!this.#pause || this.#pause.until <= now) {
      // After a pause one request goes first, to see whether the others may follow.
      const free = (this.#pause ? 1 : AT_ONCE) - this.#busy.size;
      const due = this.#parts.outbox
        .waiting()
        .filter(({ itemId }) => !this.#busy.has(itemId) && this.#restsUntil(itemId) <= now);
      for (const pending of due.slice(0, Math.max(free, 0))) void this.#carry(pending.itemId);
    }
    this.#report();
    this.#plan(now);
  }

  async #carry(itemId: number): Promise<void> {
    this.#busy.add(itemId);
    const { outbox, alone } = this.#parts;
    const work = async () => {
      // Read again under the lock: another tab may have sent it, or have something newer.
      if (outbox.hasShelf) await outbox.lookAgain(itemId);
      const pending = outbox.newest(itemId);
      if (!pending || pending.refused !== undefined) return;
      const broken: Outcome = { kind: "failed", why: "server" };
      this.#settle(pending, await this.#parts.send(pending).catch(() => broken));
    };
    try {
      await (alone ? alone(`${outbox.prefix}${itemId}`, work) : work());
    } finally {
      this.#busy.delete(itemId);
      this.#pump();
    }
  }

  #settle(pending: Pending, outcome: Outcome): void {
    const { itemId } = pending;
    if (outcome.kind === "accepted" || outcome.kind === "refused") {
      this.#pause = null;
      this.#resting.delete(itemId);
      const { outbox, onAccepted, onRefused } = this.#parts;
      if (outcome.kind === "accepted") {
        onAccepted(itemId, outcome.stored, outbox.settle(pending));
      } else if (outbox.refuse(pending, outcome.code)) {
        onRefused(itemId, outcome.code);
      }
      return;
    }
    if (outcome.kind === "failed" && outcome.why !== "offline") {
      this.#pause = null;
      const tries = (this.#resting.get(itemId)?.tries ?? 0) + 1;
      const until = Date.now() + retryDelay(tries, outcome.retryAfter);
      this.#resting.set(itemId, { tries, until });
      return;
    }
    // Those that set out together come back together: they count as one try.
    if (this.#pause && this.#pause.until > Date.now()) return;
    const tries = (this.#pause?.tries ?? 0) + 1;
    const state = outcome.kind === "failed" ? "offline" : outcome.kind;
    const wait = state === "offline" ? retryDelay(tries) : SIGN_IN_CHECK_MS;
    this.#pause = { tries, until: Date.now() + wait, state };
  }

  #restsUntil(itemId: number): number {
    return this.#resting.get(itemId)?.until ?? 0;
  }

  #report(): void {
    const unsent = this.#parts.outbox.waiting();
    let state: SendingState = "idle";
    if (unsent.length > 0) {
      const allRest = unsent.every(({ itemId }) => this.#resting.has(itemId));
      state = this.#pause?.state ?? (allRest && this.#busy.size === 0 ? "waiting" : "sending");
    }
    this.#parts.onChange(unsent.length, state, this.#parts.outbox.refused());
  }

  #plan(now: number): void {
    if (this.#busy.size > 0) return; // Whoever comes back plans anew.
    const waits = this.#parts.outbox
      .waiting()
      .map(({ itemId }) => Math.max(this.#restsUntil(itemId), this.#pause?.until ?? 0));
    if (waits.length === 0) return;
    this.#timer = setTimeout(() => this.#pump(), Math.max(Math.min(...waits) - now, 50));
  }
}

/** Web Locks exist only on pages with TLS; without them each tab keeps its own order. */
export function aloneAmongTabs(): SenderParts["alone"] {
  const locks = navigator.locks as LockManager | undefined;
  if (!locks) return undefined;
  return async (name, work) => {
    await locks.request(name, work);
  };
}
