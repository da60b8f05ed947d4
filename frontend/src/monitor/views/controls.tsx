import { type Action, buttonOf, signFor } from "../../shared/actions";
import type { Run, RunState } from "../contract";
import type { Monitor } from "../monitor";
import { activityInWords } from "../words";

const BADGES: Readonly<Record<RunState, string>> = {
  waiting: "pending",
  running: "busy",
  stopping: "busy",
  stopped: "warn",
  finished: "ok",
  failed: "stop",
};

interface ControlsProps {
  readonly monitor: Monitor;
  readonly commands: readonly Action[];
}

/** How the run stands, how far it is, and what can be asked of it. */
export function Controls({ monitor, commands }: ControlsProps) {
  const run = monitor.run.value;
  const { say } = monitor.messages;
  const activity = activityInWords(run, monitor.messages);
  return (
    <section class="controls">
      <div class="controls__state">
        <span class={`badge badge--${BADGES[run.state]}`}>{say(`runIs_${run.state}`)}</span>
        {activity && <span class="muted">{activity}</span>}
      </div>
      <div class="controls__buttons">
        {commands.map((command) => (
          <Ask key={command.id} command={command} />
        ))}
      </div>
      <Progress run={run} label={say("runProgress", { step: run.step, steps: run.steps })} />
      <Notices monitor={monitor} />
    </section>
  );
}

function Progress({ run, label }: { run: Run; label: string }) {
  const preparing = run.state === "running" ? run.preparing : null;
  const value = preparing ? preparing.done : run.step;
  const most = preparing ? preparing.total : run.steps;
  return (
    <div class="progress controls__progress">
      <div class="progress__label">
        <span>{label}</span>
        <span>{Math.floor((100 * run.step) / run.steps)}%</span>
      </div>
      <progress value={value} max={Math.max(most, 1)} aria-label={label} />
    </div>
  );
}

function Notices({ monitor }: { monitor: Monitor }) {
  const run = monitor.run.value;
  const { say } = monitor.messages;
  return (
    <>
      {run.problem && (
        <div class="notice notice--stop" role="alert">
          <p>{run.problem}</p>
          {run.problem_details && <pre class="trainer-says">{run.problem_details}</pre>}
        </div>
      )}
      {monitor.unsupervised.value && <p class="notice notice--warn">{say("runUnsupervised")}</p>}
      {!monitor.reachable.value && <p class="notice notice--warn">{say("runUnreachable")}</p>}
      {monitor.refusal.value && (
        <p class="notice notice--stop" role="alert">
          {monitor.refusal.value}
        </p>
      )}
    </>
  );
}

const KINDS: Readonly<Record<string, string>> = {
  resume: "button button--primary",
  stop: "button button--danger",
};

/** A button that is there while its command makes sense, and turns while it is carried out. */
function Ask({ command }: { command: Action }) {
  if (!command.enabled) return null;
  const sign = signFor(command);
  return (
    <button
      {...buttonOf(command)}
      class={KINDS[command.id] ?? "button"}
      {...(command.hint ? { title: command.hint } : {})}
    >
      {command.label} {sign && <kbd>{sign}</kbd>}
    </button>
  );
}
