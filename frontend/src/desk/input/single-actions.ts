/** What can be done with the one picture in view, and taken back. */
import type { Action } from "../../shared/actions";
import { DESK_KEYS } from "../../shared/desk-keys";
import type { ManualReason } from "../core/contract";
import { canUndo, canVote, voteOn } from "../core/reads";
import type { Desk } from "../desk";

export function verdictActions(desk: Desk) {
  const { say } = desk.messages;
  const verdict = (id: "keep" | "unsure", help: string, hint: string): Action => ({
    id,
    label: say(id),
    keys: DESK_KEYS[id],
    help,
    hint,
    get enabled() {
      return canVote(desk.session);
    },
    get pressed() {
      return voteOn(desk.session, desk.session.at)?.verdict === id;
    },
    perform: () => desk.modes.single.vote(id),
  });
  const undo: Action = {
    id: "undo",
    label: say("undo"),
    keys: DESK_KEYS.undo,
    help: say("helpUndo"),
    get enabled() {
      return canUndo(desk.session);
    },
    perform: () => desk.apart.undo(),
    explain: () => desk.say(say("nothingToUndo")),
  };
  return {
    keep: verdict("keep", say("helpKeep"), say("keepHow")),
    unsure: verdict("unsure", say("helpUnsure"), say("unsureHow")),
    undo,
  };
}

export function reasonAction(desk: Desk, { code, number, title, summary }: ManualReason): Action {
  const { single } = desk.modes;
  return {
    id: code,
    label: title,
    keys: [String(number)],
    hint: summary,
    help: desk.messages.say("helpOneReason"),
    get enabled() {
      return canVote(desk.session);
    },
    get pressed() {
      const { at, chosen, several } = desk.session;
      if (several || chosen.length > 0) return chosen.includes(code);
      return voteOn(desk.session, at)?.reasons.includes(code) ?? false;
    },
    /** One tap rejects for it, unless several are being collected. */
    perform() {
      const { several } = desk.session;
      single.pick(code, several);
      if (!several) desk.happen({ type: "confirmed" });
    },
    collect: () => single.pick(code, true),
    together: {
      down: () => single.pick(code, false),
      released: () => desk.happen({ type: "released" }),
      lost() {
        // What was picked waits for Enter.
        const { several, chosen } = desk.session;
        if (!several && chosen.length > 0) desk.happen({ type: "severalSwitched" });
      },
    },
  };
}

export function rejectingActions(desk: Desk) {
  const { say } = desk.messages;
  const confirm: Action = {
    id: "confirm",
    get label() {
      return say("rejectFor", { count: desk.session.chosen.length });
    },
    keys: ["Enter"],
    help: say("helpConfirm"),
    get enabled() {
      return desk.session.chosen.length > 0;
    },
    perform: () => desk.modes.single.confirm(),
  };
  const reject: Action = {
    id: "reject",
    label: say("reject"),
    keys: [],
    get enabled() {
      return canVote(desk.session);
    },
    perform() {
      if (confirm.enabled) confirm.perform();
      else desk.panels.sheet.value = !desk.panels.sheet.value;
    },
  };
  const several: Action = {
    id: "several",
    label: say("several"),
    keys: [],
    get enabled() {
      return canVote(desk.session);
    },
    get pressed() {
      return desk.session.several;
    },
    perform: () => desk.happen({ type: "severalSwitched" }),
  };
  const cancel: Action = {
    id: "cancel",
    label: say("cancel"),
    keys: ["Escape"],
    enabled: true,
    perform() {
      // With nothing chosen there is only the look to let go of.
      const { sheet, zoomed } = desk.panels;
      const isIdle = desk.session.chosen.length === 0 && !sheet.value && !zoomed.value;
      if (isIdle) desk.looking.whole();
      desk.panels.clear();
      desk.happen({ type: "unpicked" });
    },
  };
  return { confirm, reject, several, cancel };
}
