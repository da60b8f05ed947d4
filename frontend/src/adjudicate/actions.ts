/** What can be done with a contested picture, by the desk's keys: the same hand settles as judged. */
import type { ManualReason } from "../desk/core/contract";
import type { Action } from "../shared/actions";
import { DESK_KEYS } from "../shared/desk-keys";
import { OwnKeys } from "../shared/own-keys";
import type { Aim, Judge } from "./judge";

export interface JudgeActions {
  readonly keep: Action;
  readonly reasons: readonly Action[];
  readonly confirm: Action;
  readonly cancel: Action;
  readonly undo: Action;
  readonly back: Action;
  readonly forward: Action;
  readonly looks: readonly Action[];
  /** Lays all keys open, to be changed. */
  readonly help: Action;
  readonly all: readonly Action[];
  readonly keys: OwnKeys;
}

/**
 * Keys that somebody has changed at the desk are changed here as well: the same actions have the
 * same ids. What means something at the desk alone is not free here.
 */
export function judgeActions(judge: Judge, keys = new OwnKeys(null, "")): JudgeActions {
  const { say } = judge.messages;
  keys.reserve(DESK_KEYS);
  const ruling = rulingActions(judge);
  const reasons = judge.room.reasons.map((reason) => reasonAction(judge, reason));
  const walking = {
    undo: {
      id: "undo",
      label: say("undo"),
      keys: [DESK_KEYS.undo[0]],
      get enabled() {
        return judge.canUndo;
      },
      perform: () => judge.undo(),
    },
    back: step("back", say("previous"), () => judge.walk(-1)),
    forward: step("forward", say("forward"), () => judge.walk(1)),
  };
  const looks = [
    look(judge, "face", { id: "face", label: say("fitFace") }),
    look(judge, "actual", { id: "zoom", label: say("zoom") }),
    look(judge, "whole", { id: "whole", label: say("whole") }),
  ];
  const help: Action = {
    id: "help",
    label: say("help"),
    keys: ["?", "？"],
    enabled: true,
    perform() {
      judge.keysOpen.value = true;
    },
  };
  const rest = [...Object.values(walking), ...looks, help];
  const all = [...Object.values(ruling), ...reasons, ...rest].map((each) => keys.giveTo(each));
  return { ...ruling, ...walking, reasons, looks, help, all, keys };
}

function rulingActions(judge: Judge) {
  const { say } = judge.messages;
  const keep: Action = {
    id: "keep",
    label: say("keep"),
    keys: DESK_KEYS.keep,
    get enabled() {
      return judge.canRule;
    },
    perform: () => judge.rule({ verdict: "keep", reasons: [] }),
  };
  const confirm: Action = {
    id: "confirm",
    label: say("reject"),
    keys: ["Enter"],
    get enabled() {
      return judge.canRule && judge.collected.value.length > 0;
    },
    perform: () => judge.rule({ verdict: "reject", reasons: [...judge.collected.value] }),
  };
  const cancel: Action = {
    id: "cancel",
    label: say("cancel"),
    keys: ["Escape"],
    get enabled() {
      return judge.collected.value.length > 0;
    },
    perform() {
      judge.collected.value = [];
    },
  };
  return { keep, confirm, cancel };
}

/** A number alone settles at once; with Shift, or once others are chosen, it chooses its own. */
function reasonAction(judge: Judge, { code, title, number, summary }: ManualReason): Action {
  return {
    id: code,
    label: title,
    hint: summary,
    keys: [String(number)],
    get enabled() {
      return judge.canRule;
    },
    get pressed() {
      return judge.collected.value.includes(code);
    },
    collect: () => judge.collect(code),
    perform() {
      if (judge.collected.value.length > 0) judge.collect(code);
      else judge.rule({ verdict: "reject", reasons: [code] });
    },
  };
}

function step(id: "back" | "forward", label: string, perform: () => void): Action {
  return { id, label, keys: DESK_KEYS[id], repeats: true, enabled: true, perform };
}

interface Named {
  readonly id: "face" | "zoom" | "whole";
  readonly label: string;
}

function look(judge: Judge, aim: Aim, { id, label }: Named): Action {
  return {
    id,
    label,
    keys: DESK_KEYS[id],
    get enabled() {
      return judge.current !== null;
    },
    get pressed() {
      return judge.aim.value === aim;
    },
    perform() {
      judge.aim.value = judge.aim.value === aim ? "whole" : aim;
    },
  };
}
