/** How far I am by the server's count, and until when I hold the batch. */
import { signal } from "@preact/signals";
import type { Answer } from "../../shared/api";
import type { Standing } from "./contract";

/** With less time than this left on the lease, the server is asked how far a vote moved it on. */
const LEASE_SOON_MS = 1_800_000;

interface Parts {
  readonly ask: () => Promise<Answer<Standing>>;
  /** The time by the server's clock. */
  readonly now: () => number;
  readonly onLease: (until: string) => void;
}

export class HowFar {
  /** Null until it was asked for, at the end or near it. */
  readonly standing = signal<Standing | null>(null);
  readonly leasedUntil = signal<string | null>(null);
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** The desk is open, or with null it is no more. */
  begin(leasedUntil: string | null): void {
    this.standing.value = null;
    this.leasedUntil.value = leasedUntil;
  }

  /** A vote is stored, which may have moved the end of the lease on. */
  votedOn(): void {
    const { value: until } = this.leasedUntil;
    const isShort = until !== null && Date.parse(until) - this.#parts.now() < LEASE_SOON_MS;
    if (isShort) void this.ask();
  }

  async ask(): Promise<void> {
    const answer = await this.#parts.ask();
    if (answer.kind !== "ok") return;
    this.standing.value = answer.data;
    this.leasedUntil.value = answer.data.leased_until;
    this.#parts.onLease(answer.data.leased_until);
  }
}
