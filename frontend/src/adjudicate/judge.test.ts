// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Pending } from "../desk/sending/outbox";
import type { Outcome } from "../desk/sending/sender";
import { digit, press } from "../shared/keys.fixture";
import { messagesFor } from "../shared/messages";
import { OwnKeys } from "../shared/own-keys";
import { judgeActions } from "./actions";
import type { Case, Cases } from "./contract";
import { Judge } from "./judge";

const A_MOMENT = 1000;

function contested(number: number, given: Partial<Case> = {}): Case {
  return {
    image_id: 100 + number,
    number,
    name: `${number}.jpg`,
    width: 4,
    height: 3,
    url: `/images/${number}/`,
    preview_url: `/p/${number}.webp`,
    faces: [],
    is_blind: false,
    outcome: "contested",
    votes: [],
    ruling: null,
    ...given,
  };
}

function reason(number: number, code: "blurry" | "covered") {
  return { code, number, title: code, summary: "", definition: "", exclusion: "" };
}

function sit(
  cases: Case[],
  answer: () => Outcome = () => ({ kind: "accepted", stored: null }),
  told: () => Cases = () => ({ num_waiting: 0, cases: [] }),
) {
  const sent: Pending[] = [];
  const asked: number[] = [];
  const judge = new Judge({
    messages: messagesFor("en"),
    userId: "1",
    subjectId: "7",
    kept: localStorage,
    alone: undefined,
    pageOf: (number) => `/fans/ada/contested/${number}/`,
    room: {
      num_waiting: cases.length,
      cases,
      reasons: [reason(2, "blurry"), reason(5, "covered")],
      titles: { blurry: "too blurry", covered: "face covered" },
      portraits: [],
      look_alikes: [],
    },
    send: async (pending) => {
      sent.push(pending);
      return answer();
    },
    more: async (after) => {
      asked.push(after);
      return { kind: "ok", status: 200, data: told() };
    },
    onHidden: () => undefined,
  });
  judge.open();
  return { judge, sent, asked, actions: judgeActions(judge) };
}

const shown = (judge: Judge) => judge.current?.number ?? null;
const look = () => vi.advanceTimersByTimeAsync(A_MOMENT);

beforeEach(() => {
  localStorage.clear();
  vi.useFakeTimers();
});

afterEach(() => vi.useRealTimers());

describe("a ruling", () => {
  test("has the next case shown at once, and is sent behind it", async () => {
    const { judge, sent, actions } = sit([contested(1), contested(2)]);
    await look();
    actions.keep.perform();
    expect(shown(judge)).toBe(2);
    await look();
    expect(sent.map(({ itemId, vote }) => [itemId, vote])).toEqual([
      [101, { verdict: "keep", reasons: [] }],
    ]);
  });

  test("is a reason by the manual's number, or several that are collected", async () => {
    const { judge, sent, actions } = sit([contested(1), contested(2), contested(3)]);
    expect(actions.reasons.map(({ keys }) => keys)).toEqual([["2"], ["5"]]);
    await look();
    actions.reasons[0]?.perform();
    judge.moment.begin();
    await look();
    actions.reasons[1]?.collect?.();
    actions.reasons[0]?.perform();
    actions.confirm.perform();
    await look();
    expect(sent.map(({ vote }) => vote?.reasons)).toEqual([["blurry"], ["covered", "blurry"]]);
    expect(judge.collected.value).toEqual([]);
  });

  test("of a key that bounces does not count for the next case", async () => {
    const { judge, sent, actions } = sit([contested(1), contested(2)]);
    await look();
    actions.keep.perform();
    judge.moment.begin();
    actions.keep.perform();
    expect(shown(judge)).toBe(2);
    await look();
    expect(sent).toHaveLength(1);
  });

  test("is undone from the newest on; what was ruled before comes back", async () => {
    const earlier = {
      verdict: "reject",
      reasons: ["blurry"],
      note: "soft",
      ruled_by: "otto",
    } as const;
    const { judge, sent, actions } = sit([contested(1), contested(2, { ruling: earlier })]);
    await look();
    actions.keep.perform();
    await look();
    actions.keep.perform();
    expect(shown(judge)).toBeNull();
    await look();
    actions.undo.perform();
    expect(shown(judge)).toBe(2);
    await look();
    actions.undo.perform();
    expect(shown(judge)).toBe(1);
    await look();
    expect(actions.undo.enabled).toBe(false);
    const said = sent.map(({ itemId, vote, note, overrules, putsBack }) => [
      itemId,
      vote?.verdict,
      note,
      overrules,
      putsBack,
    ]);
    expect(said).toEqual([
      [101, "keep", "", false, false],
      [102, "keep", "", true, false],
      [102, "reject", "soft", false, true],
      [101, undefined, "", false, true],
    ]);
  });

  test("that is refused has its case wait again, and stays until it is let go", async () => {
    const refused = (): Outcome => ({ kind: "refused", code: "ruled_meanwhile" });
    const { judge, actions } = sit([contested(1), contested(2)], refused);
    await look();
    actions.keep.perform();
    await look();
    expect(judge.sending.refused.value.map(({ place }) => place)).toEqual([1]);
    expect(judge.docket.value.ruled.size).toBe(0);
    judge.sending.letRefusedGo();
    expect(judge.sending.refused.value).toEqual([]);
  });

  test("is kept on this device, apart from votes, and sent by the next page", async () => {
    const offline = (): Outcome => ({ kind: "failed", why: "offline" });
    const first = sit([contested(1), contested(2)], offline);
    await look();
    first.actions.keep.perform();
    await look();
    expect(Object.keys(localStorage)).toEqual(["winnow.ruling.1.7.101"]);
    first.judge.sending.wake();
    const next = sit([contested(1), contested(2)]);
    await look();
    expect(next.sent.map(({ itemId }) => itemId)).toEqual([101]);
    expect(localStorage.length).toBe(0);
  });
});

test("what waits is counted without what was ruled since the server told it", async () => {
  const numbers = [1, 2, 3, 4, 5];
  let stored = 0;
  const accept = (): Outcome => {
    stored++;
    return { kind: "accepted", stored: null };
  };
  const { judge, asked, actions } = sit(
    numbers.map((number) => contested(number)),
    accept,
    () => ({ num_waiting: asked.at(-1) === 0 ? 9 : 5 - stored, cases: [] }),
  );
  await look();
  for (const number of numbers) {
    actions.keep.perform();
    expect(judge.numLeft).toBe(5 - number);
    if (number < 5) await look();
    expect(judge.numLeft).toBe(5 - number);
    judge.moment.begin();
    if (number < 5) await look();
  }
  await look();
  expect(asked.at(-1)).toBe(0);
  expect(judge.numLeft, "others that wait by now").toBe(9);
  actions.undo.perform();
  expect(judge.numLeft).toBe(10);
});

test("more cases are asked for ahead, and a blind one cannot be settled", async () => {
  const { judge, asked, actions } = sit([contested(4, { is_blind: true }), contested(9)]);
  await look();
  expect(asked).toEqual([9]);
  expect(actions.keep.enabled).toBe(false);
  actions.forward.perform();
  expect(shown(judge)).toBe(9);
  expect(actions.keep.enabled).toBe(true);
});

test("keys are changed here and at the desk alike, and no two are the same", async () => {
  const { judge } = sit([contested(4)]);
  const here = judgeActions(judge, new OwnKeys(localStorage, "7"));
  expect(here.keys.take("keep", digit(5), here.all).kind).toBe("unfit");
  expect(here.keys.take("keep", press("f"), here.all)).toMatchObject({ with: { id: "face" } });
  expect(here.keys.take("keep", press("j"), here.all).kind).toBe("taken");
  const again = judgeActions(judge, new OwnKeys(localStorage, "7"));
  expect(again.keep.keys).toEqual(["J"]);
  expect(again.undo.keys).toEqual(["Z"]);
  again.help.perform();
  expect(judge.keysOpen.value).toBe(true);
});

test.each(["w", "g", "d"])("%s means something at the desk, and is not taken here", (name) => {
  const { judge } = sit([contested(4)]);
  const here = judgeActions(judge, new OwnKeys(localStorage, "7"));
  expect(here.keys.take("keep", press(name), here.all).kind).toBe("elsewhere");
  expect(here.keep.keys).toEqual(["K"]);
});

test("keys that were changed at the desk outlive those put back here, and the usual ones return", () => {
  localStorage.setItem("winnow.keys.7", JSON.stringify({ way: "X", back: "J" }));
  const { judge } = sit([contested(4)]);
  const here = judgeActions(judge, new OwnKeys(localStorage, "7"));
  expect(here.keys.take("back", press("ArrowLeft"), here.all).kind).toBe("taken");
  expect(here.back.keys).toEqual(["ArrowLeft"]);
  expect(here.keys.take("keep", press("x"), here.all).kind).toBe("elsewhere");
  expect(here.keys.take("keep", press("w"), here.all).kind).toBe("taken");
  here.keys.reset(here.all);
  expect(new OwnKeys(localStorage, "7").changed.value).toEqual({ way: "X" });
});
