/** What can be done at the desk. Another way of judging adds actions of its own to these. */
import type { Action } from "../../shared/actions";
import { DESK_KEYS } from "../../shared/desk-keys";
import { OwnKeys } from "../../shared/own-keys";
import type { ManualReason } from "../core/contract";
import { canUndo, canVote, counts, queue, voteOn } from "../core/reads";
import type { Desk } from "../desk";
import { type GridActions, gridActions } from "./grid-actions";
import { lookingActions } from "./looking-actions";
import { modeActions } from "./mode-actions";
import { panelActions } from "./panel-actions";

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
  /** Closer to the face, to the pixels, with a portrait beside it, and back. */
  readonly face: Action;
  readonly zoom: Action;
  readonly compare: Action;
  readonly stay: Action;
  readonly whole: Action;
  readonly resume: Action;
  readonly lookAgain: Action;
  /** To the next batch, once this one is done. */
  readonly goOn: Action;
  readonly manual: Action;
  readonly twins: Action;
  /** Something about the picture in view, of the organiser. */
  readonly ask: Action;
  /** After my own vote: what the machine and others think. */
  readonly told: Action;
  readonly people: Action;
  readonly along: Action;
  readonly help: Action;
  readonly grid: GridActions;
  /** One for each way of judging that is offered; the pressed one is on. */
  readonly modes: readonly Action[];
  /** All that can be done in the way that is on, in the order in which the help names them. */
  readonly all: readonly Action[];
  /** The same of every way of judging, offered here or not, each once: no two may have the same key. */
  readonly everywhere: readonly Action[];
  readonly keys: OwnKeys;
}

export function deskActions(desk: Desk, keys = new OwnKeys(null, "")): DeskActions {
  const verdicts = keys.giveToAll(verdictActions(desk));
  const rejecting = keys.giveToAll(rejectingActions(desk));
  const walking = keys.giveToAll(walkingActions(desk));
  const panels = keys.giveToAll(panelActions(desk));
  const looking = keys.giveToAll(lookingActions(desk));
  const grid = gridActions(desk, keys);
  const allModes = modeActions(desk).map((mode) => keys.giveTo(mode));
  const { manual, help, people, along } = panels;
  const { resume, lookAgain, goOn } = walking;
  const always = (modes: readonly Action[]) => [
    ...[manual, help, ...modes, rejecting.cancel, resume, goOn, lookAgain, people, along],
  ];
  const actions: DeskActions = {
    ...verdicts,
    ...rejecting,
    ...walking,
    ...panels,
    grid,
    keys,
    ...looking,
    get modes() {
      return allModes.filter(({ id }) => desk.modes.offers(id, desk.session));
    },
    get reasons() {
      return desk.session.manual.map((reason) => keys.giveTo(reasonAction(desk, reason)));
    },
    get all() {
      const others = always(actions.modes);
      if (desk.modes.mode.value === "burst") return [...ofBurst(actions), ...others];
      if (desk.modes.mode.value === "grid") return [...ofGrid(actions), ...others];
      return [...ofSingle(actions), ...others];
    },
    get everywhere() {
      const all = [
        ...[...ofSingle(actions), ...ofGrid(actions)],
        ...[...ofBurst(actions), ...always(allModes)],
      ];
      return all.filter((action, at) => all.findIndex(({ id }) => id === action.id) === at);
    },
  };
  return actions;
}

function ofSingle(actions: DeskActions): Action[] {
  const { keep, reasons, unsure, undo, back, forward } = actions;
  const { face, zoom, compare, stay, whole, confirm, several, reject } = actions;
  const look = [face, zoom, compare, stay, whole, actions.twins, actions.ask];
  return [
    ...[keep, ...reasons, unsure, undo, back, forward],
    ...[...look, actions.told, confirm, several, reject],
  ];
}

function ofBurst({ grid, undo, ask }: DeskActions): Action[] {
  const { keepFramed, distinct, reasons, unsure, arrows, look } = grid;
  return [keepFramed, distinct, ...reasons, unsure, ...arrows, look, ask, undo];
}

function ofGrid({ grid, undo, ask }: DeskActions): Action[] {
  const { reasons, keep, unsure, arrows, look, send, way, larger, smaller } = grid;
  return [...reasons, keep, unsure, ...arrows, look, ask, send, undo, way, larger, smaller];
}

function verdictActions(desk: Desk) {
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

function reasonAction(desk: Desk, { code, number, title, summary }: ManualReason): Action {
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

function walkingActions(desk: Desk) {
  const { say } = desk.messages;
  const back: Action = {
    id: "back",
    label: say("previous"),
    keys: DESK_KEYS.back,
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
    keys: DESK_KEYS.forward,
    help: say("helpWalk"),
    repeats: true,
    enabled: true,
    perform: () => desk.happen({ type: "moved", by: 1 }),
  };
  const resume: Action = {
    id: "resume",
    label: say("continueJudging"),
    keys: ["Enter"],
    get enabled() {
      return desk.modes.isAtEnd(desk.session) && counts(desk.session).left > 0;
    },
    perform() {
      desk.happen({ type: "resumed" });
      // Without a group left, the others are judged one by one.
      const { value } = desk.modes.mode;
      desk.modes.choose(value === "burst" ? "single" : value, desk.session);
    },
  };
  const lookAgain: Action = {
    id: "lookAgain",
    label: say("lookAgain"),
    keys: [],
    get enabled() {
      const { left, total } = counts(desk.session);
      return left === 0 && total > 0;
    },
    /** What is judged already is looked through one by one. */
    perform() {
      desk.modes.choose("single", desk.session);
      desk.happen({ type: "resumed" });
    },
  };
  return { back, forward, resume, lookAgain, goOn: goOnAction(desk) };
}

function goOnAction(desk: Desk): Action {
  const { say } = desk.messages;
  return {
    id: "goOn",
    get label() {
      const following = desk.howFar.standing.value?.next_batch;
      if (!following) return say("giveMeMore");
      const { subject, number, left } = following;
      return say("nextBatch", { subject, number, count: left });
    },
    keys: ["Enter"],
    help: say("helpGoOn"),
    /** Going on returns this batch: not before the last vote is stored. */
    get enabled() {
      const { howFar, sending, session } = desk;
      const { next_batch: following, is_open: isOpen } = howFar.standing.value ?? {};
      const isDone = desk.modes.isAtEnd(session) && counts(session).left === 0;
      return isDone && sending.now.value.unsent === 0 && (!!following || !!isOpen);
    },
    get busy() {
      return desk.goingOn.isUnderWay;
    },
    perform() {
      if (desk.moment.isOver()) void desk.goingOn.goOn();
    },
  };
}
