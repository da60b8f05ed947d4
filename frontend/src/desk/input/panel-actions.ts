/** What opens the panels that lie over the desk. */
import type { Action } from "../../shared/actions";
import { DESK_KEYS } from "../../shared/desk-keys";
import type { Desk } from "../desk";

export function panelActions(desk: Desk) {
  const { say } = desk.messages;
  const { panels } = desk;
  const manual: Action = {
    id: "manual",
    label: say("manual"),
    keys: DESK_KEYS.manual,
    help: say("helpManual"),
    enabled: true,
    perform: () => panels.toggle("manual"),
  };
  const help: Action = {
    id: "help",
    label: say("help"),
    keys: ["?", "？"],
    help: say("helpHelp"),
    enabled: true,
    perform: () => panels.toggle("help"),
  };
  const twins: Action = {
    id: "twins",
    label: say("twins"),
    keys: DESK_KEYS.twins,
    help: say("helpTwins"),
    enabled: true,
    perform: () => panels.toggle("twins"),
  };
  const ask: Action = {
    id: "ask",
    label: say("ask"),
    keys: DESK_KEYS.ask,
    help: say("helpAsk"),
    get enabled() {
      return desk.askingAbout.item !== null || desk.modes.page !== null;
    },
    perform: () => desk.askingAbout.choose(),
  };
  const told: Action = {
    id: "told",
    label: say("told"),
    keys: DESK_KEYS.told,
    help: say("helpTold"),
    enabled: true,
    get pressed() {
      return desk.telling.on.value;
    },
    perform: () => desk.telling.toggle(),
  };
  const people: Action = {
    id: "people",
    label: say("people"),
    keys: [],
    enabled: true,
    perform: () => panels.toggle("people"),
  };
  const along: Action = {
    id: "along",
    label: say("along"),
    keys: DESK_KEYS.along,
    help: say("helpAlong"),
    enabled: true,
    get pressed() {
      return desk.along.taken.value !== null;
    },
    perform: () => panels.toggle("along"),
  };
  return { manual, help, twins, ask, told, people, along };
}
