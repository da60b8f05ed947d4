/** What can be done on the run page, with the keys that trainers on the desktop have had for years. */
import type { Action } from "../shared/actions";
import type { Command } from "./contract";
import type { Monitor } from "./monitor";

export interface MonitorActions {
  /** What may be asked of the run, in the order of its buttons. */
  readonly commands: readonly Action[];
  /** The masks over the preview. */
  readonly mask: Action;
  readonly all: readonly Action[];
}

export function monitorActions(monitor: Monitor): MonitorActions {
  const { say } = monitor.messages;
  const command = (id: Command, label: string, more: Partial<Action> = {}): Action => ({
    id,
    label,
    keys: [],
    ...more,
    get enabled() {
      return monitor.run.value.can[id];
    },
    get busy() {
      return monitor.pending.value.has(id);
    },
    perform: () => void monitor.ask(id),
  });
  const commands = [
    command("save", say("runSave"), { keys: ["S"] }),
    command("preview", say("runRefresh"), { keys: ["R"] }),
    command("resume", say("runResume")),
    command("stop", say("runStop"), { hint: say("runStopHow") }),
  ];
  const mask: Action = {
    id: "mask",
    label: say("previewMask"),
    keys: ["M"],
    enabled: true,
    get pressed() {
      return monitor.masked.value;
    },
    perform: () => monitor.toggleMask(),
  };
  return { commands, mask, all: [...commands, mask] };
}
