/** What the run page and the server say to each other (`/api/v1/runs/…`). */

export type RunState = "waiting" | "running" | "stopping" | "stopped" | "finished" | "failed";

/** What may be asked of a run; each is also the last part of the address that it is sent to. */
export type Command = "stop" | "resume" | "save" | "preview";

export interface Checkpoint {
  readonly step: number;
  readonly at: string;
}

export interface RunEvent {
  readonly at: string;
  readonly state: RunState;
  /** In the language of the page. */
  readonly cause: string;
  readonly actor: string | null;
  readonly note: string;
}

export interface Run {
  readonly id: number;
  readonly number: number;
  readonly state: RunState;
  readonly model: string;
  readonly steps: number;
  readonly batch_size: number;
  readonly step: number;
  readonly device: string;
  /** Faces of both sides together; null while nothing is learnt. */
  readonly examples_per_second: number | null;
  readonly preparing: {
    readonly side: "a" | "b";
    readonly done: number;
    readonly total: number;
  } | null;
  /** Its place in the queue, from 1. */
  readonly position: number | null;
  readonly is_active: boolean;
  readonly is_supervised: boolean;
  readonly can: Readonly<Record<Command, boolean>>;
  readonly preview_url: string | null;
  readonly preview_step: number | null;
  readonly checkpoints: readonly Checkpoint[];
  /** What went wrong, in the language of the page. */
  readonly problem: string | null;
  /** The same in the trainer's own words. */
  readonly problem_details: string;
  readonly events: readonly RunEvent[];
}

export interface Loss {
  readonly step: number;
  readonly a: number;
  readonly b: number;
}
