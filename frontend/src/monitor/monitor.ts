/**
 * A run under watch: it asks the server how the run stands and passes commands on. The views only
 * read its signals and call it.
 */
import { computed, type Signal, signal } from "@preact/signals";
import type { Answer } from "../shared/api";
import type { Messages } from "../shared/messages";
import type { Command, Loss, Run } from "./contract";
import { extended } from "./curve";

export interface MonitorParts {
  readonly run: Run;
  readonly messages: Messages;
  readonly readRun: () => Promise<Answer<Run>>;
  readonly readLosses: (after: number) => Promise<Answer<{ readonly losses: readonly Loss[] }>>;
  readonly send: (command: Command) => Promise<Answer<Run>>;
}

const LIVE_MS = 1000;
/** Nothing changes any more, unless somebody else resumes the run. */
const STILL_MS = 8000;
const SLOWEST_MS = 15_000;
/** So many looks in a row without a supervisor before it is said: taking over takes a moment. */
const LOOKS_UNTIL_ALARM = 6;

export class Monitor {
  readonly messages: Messages;
  readonly run: Signal<Run>;
  readonly losses = signal<readonly Loss[]>([]);
  readonly reachable = signal(true);
  /** Commands that were given and are not carried out yet. */
  readonly pending = signal<ReadonlySet<Command>>(new Set());
  /** Why the server would not do what was asked last. */
  readonly refusal = signal<string | null>(null);
  /** The newest sentence for screen readers. */
  readonly said = signal("");
  readonly unsupervised = computed(() => this.#looksAlone.value >= LOOKS_UNTIL_ALARM);

  /** Whether the preview is shown with all but the face veiled. */
  readonly masked = signal(false);

  readonly #parts: MonitorParts;
  readonly #looksAlone = signal(0);
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(parts: MonitorParts) {
    this.#parts = parts;
    this.messages = parts.messages;
    this.run = signal(parts.run);
  }

  /** Look now, and from then on again and again. */
  async watch(): Promise<void> {
    clearTimeout(this.#timer);
    const [run, losses] = await Promise.all([
      this.#parts.readRun(),
      this.#parts.readLosses(this.losses.value.at(-1)?.step ?? 0),
    ]);
    if (run.kind === "ok") this.#saw(run.data);
    if (losses.kind === "ok") this.losses.value = extended(this.losses.value, losses.data.losses);
    this.reachable.value = run.kind === "ok" && losses.kind === "ok";
    this.#failures = this.reachable.value ? 0 : this.#failures + 1;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.watch(), this.#pause());
  }

  /** Stop looking until `watch` is called again, as when the page is out of sight. */
  rest(): void {
    clearTimeout(this.#timer);
  }

  /** Show the preview with the masks over it, or without them again. */
  toggleMask(): void {
    this.masked.value = !this.masked.value;
  }

  /** Ask for something, unless it cannot be done now or was asked for already. */
  async ask(command: Command): Promise<void> {
    if (!this.run.value.can[command] || this.pending.value.has(command)) return;
    this.#expect(command, true);
    this.refusal.value = null;
    const answer = await this.#parts.send(command);
    if (answer.kind === "ok") {
      this.said.value = this.messages.say(ASKED[command]);
      this.#saw(answer.data);
      return;
    }
    this.#expect(command, false);
    this.refusal.value =
      answer.kind === "refused" ? answer.message : this.messages.say("runUnreachable");
  }

  #saw(run: Run): void {
    const before = this.run.value;
    const { say } = this.messages;
    this.#looksAlone.value = run.is_active && !run.is_supervised ? this.#looksAlone.value + 1 : 0;
    if (run.state !== before.state) this.said.value = say(`runIs_${run.state}`);
    const saved = run.checkpoints.at(-1)?.step;
    if (saved !== undefined && saved !== before.checkpoints.at(-1)?.step) {
      this.#expect("save", false);
      this.said.value = say("runSaved", { step: saved });
    }
    if (run.preview_step !== before.preview_step) this.#expect("preview", false);
    if (run.state !== before.state) this.pending.value = new Set();
    this.run.value = run;
  }

  #expect(command: Command, expected: boolean): void {
    const pending = new Set(this.pending.value);
    if (expected) pending.add(command);
    else pending.delete(command);
    this.pending.value = pending;
  }

  #pause(): number {
    if (this.#failures) return Math.min(LIVE_MS * 2 ** this.#failures, SLOWEST_MS);
    return this.run.value.is_active ? LIVE_MS : STILL_MS;
  }
}

const ASKED = {
  stop: "runAskedToStop",
  resume: "runAskedToResume",
  save: "runAskedToSave",
  preview: "runAskedForPreview",
} as const;
