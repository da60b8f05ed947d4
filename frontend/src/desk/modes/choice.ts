/** How a person likes to judge, kept on this device. */
import { Remembered } from "../../shared/remembered";
import { SIZES, type Way } from "./page";

export type Mode = "single" | "grid" | "burst";

export interface Choice {
  readonly mode: Mode;
  readonly way: Way;
  /** Pictures on a side of the grid; null is what suits the screen. */
  readonly size: number | null;
}

const USUAL: Choice = { mode: "single", way: "reject", size: null };

export class ChoiceMemory {
  readonly #kept: Remembered;

  constructor(storage: Storage | null, userId: string) {
    this.#kept = new Remembered(storage, `winnow.mode.${userId}`);
  }

  load(): Choice {
    try {
      const found: unknown = JSON.parse(this.#kept.text ?? "null");
      const { mode, way, size } = { ...USUAL, ...(found as Partial<Choice> | null) };
      const fits = typeof size === "number" && size >= SIZES.least && size <= SIZES.most;
      return {
        mode: mode === "grid" || mode === "burst" ? mode : "single",
        way: way === "keep" ? way : "reject",
        size: fits ? Math.round(size) : null,
      };
    } catch {
      return USUAL;
    }
  }

  save(choice: Choice): void {
    this.#kept.keep(JSON.stringify(choice));
  }
}
