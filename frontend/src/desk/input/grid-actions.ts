/** What can be done with a page of pictures. */
import type { Action } from "../../shared/actions";
import { DESK_KEYS } from "../../shared/desk-keys";
import type { OwnKeys } from "../../shared/own-keys";
import type { ManualReason } from "../core/contract";
import type { Desk } from "../desk";
import { KEEP } from "../modes/page";

export interface GridActions {
  readonly reasons: readonly Action[];
  readonly keep: Action;
  readonly unsure: Action;
  readonly send: Action;
  readonly way: Action;
  readonly larger: Action;
  readonly smaller: Action;
  /** Of a group: keeps the framed picture, rejects the others as duplicates. */
  readonly keepFramed: Action;
  /** The pictures of a group are not the same. */
  readonly distinct: Action;
  readonly arrows: readonly Action[];
  readonly look: Action;
}

export function gridActions(desk: Desk, keys: OwnKeys): GridActions {
  return {
    ...keys.giveToAll(markActions(desk)),
    ...keys.giveToAll(pageActions(desk)),
    ...keys.giveToAll(groupActions(desk)),
    arrows: arrowActions(desk).map((arrow) => keys.giveTo(arrow)),
    get reasons() {
      return desk.session.manual.map((reason) => keys.giveTo(reasonAction(desk, reason)));
    },
  };
}

function reasonAction(desk: Desk, { code, number, title, summary }: ManualReason): Action {
  const on = () => desk.modes.page ?? desk.modes.grid;
  return {
    id: code,
    label: title,
    keys: [String(number)],
    hint: summary,
    help: desk.messages.say("helpGridReason"),
    enabled: true,
    get pressed() {
      return on().reason.value === code && !on().tapsUnsure.value;
    },
    perform: () => on().pick(code),
    collect: () => on().add(code),
  };
}

function markActions(desk: Desk) {
  const { say } = desk.messages;
  const on = () => desk.modes.page ?? desk.modes.grid;
  const keep: Action = {
    id: "keep",
    label: say("keep"),
    keys: DESK_KEYS.keep,
    help: say("helpGridKeep"),
    enabled: true,
    perform: () => on().markFramed(on().way.value === "keep" ? KEEP : null),
  };
  const unsure: Action = {
    id: "unsure",
    label: say("unsure"),
    keys: DESK_KEYS.unsure,
    help: say("helpGridUnsure"),
    enabled: true,
    get pressed() {
      return on().tapsUnsure.value;
    },
    perform: () => on().pickUnsure(),
  };
  return { keep, unsure };
}

function pageActions(desk: Desk) {
  const { say } = desk.messages;
  const on = () => desk.modes.page ?? desk.modes.grid;
  const resize = (id: "larger" | "smaller", by: 1 | -1): Action => ({
    id,
    label: say(id),
    keys: DESK_KEYS[id],
    help: say("helpGridSize"),
    get enabled() {
      return on().takesSize(on().size.value + by);
    },
    perform: () => on().resize(on().size.value + by, desk.session),
  });
  const send: Action = {
    id: "send",
    get label() {
      const tally = { keep: 0, reject: 0, unsure: 0 };
      for (const { vote } of on().votes()) tally[vote.verdict]++;
      return say(tally.unsure > 0 ? "sendPageUnsure" : "sendPage", tally);
    },
    keys: ["Enter"],
    help: say("helpSendPage"),
    get enabled() {
      return on().page.value.items.length > 0;
    },
    perform: () => on().send(),
  };
  const way: Action = {
    id: "way",
    get label() {
      return say(on().way.value === "reject" ? "wayReject" : "wayKeep");
    },
    keys: DESK_KEYS.way,
    help: say("helpWay"),
    enabled: true,
    perform: () => on().turnAround(),
  };
  const look: Action = {
    id: "zoom",
    label: say("enlarge"),
    keys: DESK_KEYS.zoom,
    help: say("helpGridLook"),
    enabled: true,
    perform() {
      desk.panels.zoomed.value = !desk.panels.zoomed.value && on().framed !== null;
    },
  };
  return {
    send,
    way,
    look,
    smaller: resize("smaller", 1),
    larger: resize("larger", -1),
  };
}

function groupActions(desk: Desk) {
  const { say } = desk.messages;
  const { burst } = desk.modes;
  const isGroup = () => burst.page.value.items.length > 0 && !desk.apart.isUnderWay.value;
  const keepFramed: Action = {
    id: "keepFramed",
    get label() {
      const tally = { keep: 0, reject: 0, unsure: 0 };
      for (const { vote } of burst.votes()) tally[vote.verdict]++;
      if (burst.wantsKept) return say("burstChoose");
      return say(tally.unsure > 0 ? "sendPageUnsure" : "sendPage", tally);
    },
    keys: ["Enter"],
    help: say("helpKeepFramed"),
    get enabled() {
      return isGroup();
    },
    perform: () => burst.send(),
  };
  const distinct: Action = {
    id: "distinct",
    label: say("distinct"),
    keys: DESK_KEYS.distinct,
    help: say("helpDistinct"),
    get enabled() {
      return isGroup();
    },
    perform: () => void desk.apart.say(),
  };
  return { keepFramed, distinct };
}

/** Where each arrow moves the frame: columns and rows. */
const ARROWS = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
} as const;

function arrowActions(desk: Desk): readonly Action[] {
  return Object.entries(ARROWS).map(([key, [dx, dy]]) => ({
    id: key,
    label: key,
    keys: [key],
    help: desk.messages.say("helpGridArrows"),
    repeats: true,
    enabled: true,
    perform: () => (desk.modes.page ?? desk.modes.grid).move(dx, dy),
  }));
}
