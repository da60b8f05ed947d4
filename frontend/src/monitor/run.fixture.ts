/** Runs to tell stories about. */
import type { Loss, Run } from "./contract";

const EVERYTHING = { stop: true, resume: false, save: true, preview: true };

export function aRun(changed: Partial<Run> = {}): Run {
  return {
    id: 7,
    number: 1,
    state: "running",
    model: "original",
    steps: 200,
    batch_size: 8,
    step: 0,
    device: "cpu",
    examples_per_second: 16,
    preparing: null,
    position: null,
    is_active: true,
    is_supervised: true,
    can: EVERYTHING,
    preview_url: null,
    preview_step: null,
    checkpoints: [],
    problem: null,
    problem_details: "",
    events: [],
    ...changed,
  };
}

export const loss = (step: number, a = 1 / step, b = 2 / step): Loss => ({ step, a, b });
