/** The ways of judging, each with the key that goes there and back. */
import type { Action } from "../../shared/actions";
import { DESK_KEYS } from "../../shared/desk-keys";
import type { Desk } from "../desk";
import type { Mode } from "../modes/choice";

/** The one without a key is gone back to by the key of the one that is on. */
const MODE_KEYS: Readonly<Record<Mode, readonly string[]>> = {
  single: [],
  grid: DESK_KEYS.grid,
  burst: DESK_KEYS.burst,
};

export function modeActions(desk: Desk): readonly (Action & { readonly id: Mode })[] {
  const { say } = desk.messages;
  const { modes } = desk;
  const helps = { single: "", grid: say("helpGrid"), burst: say("helpBurst") };
  const labels = {
    single: say("modeSingle"),
    grid: say("modeGrid"),
    burst: say("modeBurst"),
  };
  return (Object.keys(MODE_KEYS) as Mode[]).map((mode) => ({
    id: mode,
    label: labels[mode],
    keys: MODE_KEYS[mode],
    help: helps[mode],
    enabled: true,
    get pressed() {
      return modes.mode.value === mode;
    },
    perform() {
      const isOn = modes.mode.value === mode;
      desk.panels.clear();
      modes.choose(isOn ? "single" : mode, desk.session);
    },
  }));
}
