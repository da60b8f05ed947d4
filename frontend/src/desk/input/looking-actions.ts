/** What can be done to see a picture better. None of it judges. */
import type { Action } from "../../shared/actions";
import { DESK_KEYS } from "../../shared/desk-keys";
import { current } from "../core/reads";
import type { Desk } from "../desk";

export function lookingActions(desk: Desk) {
  const { say } = desk.messages;
  const { looking } = desk;
  const { single } = desk.modes;
  const portraits = () => desk.data.value?.portraits ?? [];
  const face: Action = {
    id: "face",
    label: say("fitFace"),
    keys: DESK_KEYS.face,
    help: say("helpFace"),
    enabled: true,
    get pressed() {
      return looking.aim.value.at === "face";
    },
    perform() {
      if (single.isShown()) looking.nextFace(current(desk.session)?.faces.length ?? 0);
    },
  };
  const zoom: Action = {
    id: "zoom",
    label: say("zoom"),
    keys: DESK_KEYS.zoom,
    help: say("helpZoom"),
    enabled: true,
    get pressed() {
      return looking.aim.value.at === "actual";
    },
    perform() {
      if (single.isShown()) looking.toggleActual();
    },
  };
  const compare: Action = {
    id: "compare",
    label: say("compare"),
    keys: DESK_KEYS.compare,
    help: say("helpCompare"),
    get enabled() {
      return portraits().length > 0;
    },
    get pressed() {
      return looking.beside.value !== null;
    },
    perform: () => looking.nextBeside(portraits().length),
  };
  const stay: Action = {
    id: "stay",
    label: say("stayAtFace"),
    keys: DESK_KEYS.stay,
    help: say("helpStay"),
    enabled: true,
    get pressed() {
      return looking.stays.value;
    },
    perform: () => looking.toggleStay(),
  };
  const whole: Action = {
    id: "whole",
    label: say("whole"),
    keys: DESK_KEYS.whole,
    help: say("helpWhole"),
    get enabled() {
      return !looking.isWhole || looking.stays.value;
    },
    perform: () => looking.whole(),
  };
  return { face, zoom, compare, stay, whole };
}
