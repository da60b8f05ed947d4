// @vitest-environment happy-dom
import { describe, expect, test } from "vitest";
import { actionFor } from "../../shared/actions";
import { DESK_KEYS } from "../../shared/desk-keys";
import type { KeyPress } from "../../shared/keys";
import { digit, press } from "../../shared/keys.fixture";
import { messagesFor, TEXTS } from "../../shared/messages";
import { isChangeable } from "../../shared/own-keys";
import { atHome } from "../along/along.fixture";
import { deskData, pictures } from "../core/batch.fixture";
import { REASONS } from "../core/manual.fixture";
import { Desk } from "../desk";
import { deskActions } from "./actions";

function desk(language: "en" | "zh-Hans" = "en"): Desk {
  return new Desk({
    along: atHome(),
    batchId: "3",
    userId: "7",
    messages: messagesFor(language),
    load: async () => ({ kind: "ok", status: 200, data: deskData(pictures(3)) }),
    standing: async () => ({ kind: "failed", why: "offline" }),
    work: async () => ({ kind: "failed", why: "offline" }),
    go: () => undefined,
    told: async () => ({ kind: "failed", why: "offline" }),
    lease: async () => ({ kind: "failed", why: "offline" }),
    asking: {
      list: async () => ({ kind: "failed", why: "offline" }),
      ask: async () => ({ kind: "failed", why: "offline" }),
      withdraw: async () => ({ kind: "failed", why: "offline" }),
    },
    distinct: {
      near: async () => ({ kind: "failed", why: "offline" }),
      say: async () => ({ kind: "failed", why: "offline" }),
      takeBack: async () => ({ kind: "failed", why: "offline" }),
    },
    send: async () => ({ kind: "failed", why: "offline" }),
    kept: null,
    keptByTab: null,
  });
}

const atWork = desk();
await atWork.open();
const actions = deskActions(atWork);
const isReason = (id: string) => REASONS.some((reason) => reason === id);
const meaning = (given: KeyPress) => actionFor(actions.all, given)?.id;

describe("the keys of the desk", () => {
  test("other rooms know them all, but for the reasons'", () => {
    const others = actions.everywhere.filter(isChangeable).filter(({ id }) => !isReason(id));
    const keys = Object.fromEntries(others.map((each) => [each.id, each.keys]));
    const {
      ArrowLeft: _left,
      ArrowRight: _right,
      ArrowUp: _up,
      ArrowDown: _down,
      ...known
    } = DESK_KEYS;
    expect(keys).toEqual(known);
  });

  test.each([
    ["k", "keep"],
    ["K", "keep"],
    ["u", "unsure"],
    ["z", "undo"],
    ["m", "manual"],
    ["?", "help"],
    ["？", "help"],
    ["Enter", "confirm"],
    ["Escape", "cancel"],
    ["ArrowLeft", "back"],
    ["ArrowRight", "forward"],
    [" ", "zoom"],
    ["0", "whole"],
    ["f", "face"],
    ["c", "compare"],
    ["l", "stay"],
  ])("%j means %s", (key, id) => {
    expect(meaning(press(key))).toBe(id);
  });

  test("1 to 7 are the reasons in the manual's order", () => {
    for (const [index, reason] of REASONS.entries()) expect(meaning(digit(index + 1))).toBe(reason);
    expect(meaning(digit(8))).toBeUndefined();
  });

  test("of the browser's shortcuts only undo is ours", () => {
    expect(meaning(press("z", { ctrlKey: true }))).toBe("undo");
    expect(meaning(press("z", { metaKey: true }))).toBe("undo");
    expect(meaning(press("k", { ctrlKey: true }))).toBeUndefined();
    expect(meaning(digit(1, { ctrlKey: true }))).toBeUndefined();
  });

  test("a key that is held votes once; arrows walk on", () => {
    expect(meaning(press("k", { repeat: true }))).toBeUndefined();
    expect(meaning(digit(3, { repeat: true }))).toBeUndefined();
    expect(meaning(press("z", { ctrlKey: true, repeat: true }))).toBeUndefined();
    expect(meaning(press("ArrowRight", { repeat: true }))).toBe("forward");
  });
});

test("every action is named once, and in the language of the page", () => {
  const ids = actions.all.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  // The reasons are named by the manual that comes with the batch.
  const chinese = new Set<string>(Object.values(TEXTS["zh-Hans"]));
  for (const { id, label } of deskActions(desk("zh-Hans")).all) {
    if (id !== "confirm") expect(chinese).toContain(label);
  }
});

test("at the end of a batch Enter goes back to what is left", async () => {
  const open = desk();
  await open.open();
  const { all, forward, resume } = deskActions(open);
  expect(actionFor(all, press("Enter"))?.id).toBe("confirm");
  for (let walked = 0; walked < 3; walked++) forward.perform();
  expect(actionFor(all, press("Enter"))).toBe(resume);
  resume.perform();
  expect(open.session.at).toBe(101);
});
