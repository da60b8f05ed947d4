/**
 * The steps that can be taken back, kept per tab: they survive a reload, and one tab does not
 * undo what another did.
 */
import { Remembered } from "../../shared/remembered";
import type { Apart, Step } from "./state";

export class UndoMemory {
  readonly #kept: Remembered;

  constructor(storage: Storage | null, userId: string, batchId: string) {
    this.#kept = new Remembered(storage, `winnow.undo.${userId}.${batchId}`);
  }

  load(): (Step | Apart)[] {
    try {
      const steps: unknown = JSON.parse(this.#kept.text ?? "[]");
      return Array.isArray(steps) ? steps.filter(isStep) : [];
    } catch {
      return [];
    }
  }

  save(steps: readonly (Step | Apart)[]): void {
    this.#kept.keep(JSON.stringify(steps));
  }
}

function isStep(value: unknown): value is Step | Apart {
  const step = value as Partial<Step & Apart> | null;
  if (Array.isArray(step?.apart)) return areItems(step.apart) && areAll(step.pairs, areItems);
  return typeof step?.itemId === "number" && step.before !== undefined && step.after !== undefined;
}

function areItems(value: unknown): boolean {
  return areAll(value, (id) => typeof id === "number");
}

function areAll(value: unknown, isOne: (each: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isOne);
}
