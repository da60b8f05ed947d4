/** What can be done at the desk. Another way of judging adds actions of its own to these. */
import type { Action } from "../../shared/actions";
import type { ManualReason } from "../core/contract";
import { canUndo, canVote, counts, queue, voteOn } from "../core/reads";
import type { Desk } from "../desk";

export interface DeskActions {
  readonly keep: Action;
  readonly unsure: Action;
  /** Lays the reasons open, or casts those that are picked. */
  readonly reject: Action;
  readonly reasons: readonly Action[];
  readonly several: Action;
  readonly confirm: Action;
  readonly cancel: Action;
  readonly undo: Action;
  readonly back: Action;
  readonly forward: Action;
  readonly zoom: Action;
  readonly resume: Action;
  readonly lookAgain: Action;
  readonly manual: Action;
  readonly people: Action;
  readonly help: Action;
  /** All of them, in the order in which the help names them. */
  readonly all: readonly Action[];
}

export function deskActions(desk: Desk): DeskActions {
  const verdicts = verdictActions(desk);
  const rejecting = rejectingActions(desk);
  const walking = walkingActions(desk);
  const panels = panelActions(desk);
  return {
    ...verdicts,
    ...rejecting,
    ...walking,
    ...panels,
    get reasons() {
      return desk.session.manual.map((reason) => reasonAction(desk, reason));
    },
    get all() {
      const { keep, unsure, undo } = verdicts;
      const { confirm, cancel, several, reject } = rejecting;
      const { back, forward, zoom, resume, lookAgain } = walking;
      const { manual, help, people } = panels;
      return [
        ...[keep, ...this.reasons, unsure, undo, back, forward, zoom, confirm, manual, help],
        ...[cancel, several, reject, resume, lookAgain, people],
      ];
    },
  };
}

function verdictActions(desk: Desk) {
  const { say } = desk.messages;
  const verdict = (id: "keep" | "unsure", key: string, help: string, hint: string): Action => ({
    id,
    label: say(id),
    keys: [key],
    help,
    hint,
    get enabled() {
      return canVote(desk.session);
    },
    get pressed() {
      return voteOn(desk.session, desk.session.at)?.verdict === id;
    },
    perform: () => desk.vote(id),
  });
  const undo: Action = {
    id: "undo",
    label: say("undo"),
    keys: ["Z", "Control+Z", "Meta+Z"],
    help: say("helpUndo"),
    get enabled() {
      return canUndo(desk.session);
    },
    perform: () => desk.happen({ type: "undone" }),
    explain: () => desk.say(say("nothingToUndo")),
  };
  return {
    keep: verdict("keep", "K", say("helpKeep"), say("keepHow")),
    unsure: verdict("unsure", "U", say("helpUnsure"), say("unsureHow")),
    undo,
  };
}

function reasonAction(desk: Desk, { code, number, title, summary }: ManualReason): Action {
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
      desk.pick(code, several);
      if (!several) desk.happen({ type: "confirmed" });
    },
    collect: () => desk.pick(code, true),
    together: {
      down: () => desk.pick(code, false),
      released: () => desk.happen({ type: "released" }),
      lost() {
        // What was picked waits for Enter.
        const { several, chosen } = desk.session;
        if (!several && chosen.length > 0) desk.happen({ type: "severalSwitched" });
      },
    },
  };
}

function rejectingActions(desk: Desk) {
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
    perform: () => desk.confirm(),
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
      desk.panels.sheet.value = false;
      desk.happen({ type: "unpicked" });
    },
  };
  return { confirm, reject, several, cancel };
}

function walkingActions(desk: Desk) {
  const { say } = desk.messages;
  const back: Action = {
    id: "back",
    label: say("previous"),
    keys: ["ArrowLeft"],
    help: say("helpWalk"),
    repeats: true,
    get enabled() {
      return queue(desk.session)[0]?.id !== desk.session.at;
    },
    perform: () => desk.happen({ type: "moved", by: -1 }),
  };
  const forward: Action = {
    id: "forward",
    label: say("forward"),
    keys: ["ArrowRight"],
    help: say("helpWalk"),
    repeats: true,
    enabled: true,
    perform: () => desk.happen({ type: "moved", by: 1 }),
  };
  const zoom: Action = {
    id: "zoom",
    label: say("zoom"),
    keys: ["Space"],
    help: say("helpZoom"),
    enabled: true,
    perform() {
      desk.panels.zoomed.value = !desk.panels.zoomed.value && desk.isShown();
    },
  };
  const resume: Action = {
    id: "resume",
    label: say("continueJudging"),
    keys: ["Enter"],
    get enabled() {
      return desk.session.at === null && counts(desk.session).left > 0;
    },
    perform: () => desk.happen({ type: "resumed" }),
  };
  const lookAgain: Action = {
    id: "lookAgain",
    label: say("lookAgain"),
    keys: [],
    get enabled() {
      const { left, total } = counts(desk.session);
      return left === 0 && total > 0;
    },
    perform: () => desk.happen({ type: "resumed" }),
  };
  return { back, forward, zoom, resume, lookAgain };
}

function panelActions(desk: Desk) {
  const { say } = desk.messages;
  const { panels } = desk;
  const manual: Action = {
    id: "manual",
    label: say("manual"),
    keys: ["M"],
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
  const people: Action = {
    id: "people",
    label: say("people"),
    keys: [],
    enabled: true,
    perform: () => panels.toggle("people"),
  };
  return { manual, help, people };
}
