/** What can be done at the desk. Another way of judging adds actions of its own to these. */
import type { Action } from "../../shared/actions";
import { OwnKeys } from "../../shared/own-keys";
import type { Desk } from "../desk";
import { type GridActions, gridActions } from "./grid-actions";
import { lookingActions } from "./looking-actions";
import { modeActions } from "./mode-actions";
import { panelActions } from "./panel-actions";
import { reasonAction, rejectingActions, verdictActions } from "./single-actions";
import { walkingActions } from "./walking-actions";

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
