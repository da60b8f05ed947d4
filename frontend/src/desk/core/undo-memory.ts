/**
 * The steps that can be taken back, kept per tab: they survive a reload, and one tab does not
 * undo what another did.
 */
import type { Step } from "./state";

export class UndoMemory {
  readonly #key: string;

  constructor(
    private readonly storage: Storage | null,
    userId: string,
    batchId: string,
  ) {
    this.#key = `winnow.undo.${userId}.${batchId}`;
  }

  load(): Step[] {
    try {
      const steps: unknown = JSON.parse(this.storage?.getItem(this.#key) ?? "[]");
      return Array.isArray(steps) ? steps.filter(isStep) : [];
    } catch {
      return [];
    }
  }

  save(steps: readonly Step[]): void {
    try {
      this.storage?.setItem(this.#key, JSON.stringify(steps));
    } catch {
      // A full storage costs the undo after a reload, nothing else.
    }
  }
}

function isStep(value: unknown): value is Step {
  const step = value as Partial<Step> | null;
  return typeof step?.itemId === "number" && step.before !== undefined && step.after !== undefined;
}
