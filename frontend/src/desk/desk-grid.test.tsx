// @vitest-environment happy-dom
import { act } from "preact/test-utils";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { item, KEEP, pictures, reject, UNSURE } from "./core/batch.fixture";
import type { Vote } from "./core/contract";
import { REASONS } from "./core/manual.fixture";
import type { Desk } from "./desk";
import {
  accept,
  click,
  key,
  one,
  press,
  root,
  Server,
  settle,
  sitDown,
  startDay,
} from "./room.fixture";

beforeEach(startDay);

const shown = (desk: Desk) => desk.modes.grid.page.value.items.map(({ id }) => id);
const cell = (id: number | undefined) => `.cell[data-item="${id}"]`;

/** A finger or a mouse, not the keyboard. */
async function tap(selector: string): Promise<void> {
  one(selector).dispatchEvent(new Event("pointerdown", { bubbles: true }));
  await click(selector);
}

describe("a page by keyboard", () => {
  test("is marked by arrows and digits and sent by Enter; undo brings it back", async () => {
    const server = new Server(pictures(40));
    const desk = await sitDown(server);
    await press("g");
    const first = shown(desk);
    expect(first).toHaveLength(16);
    await press("3", "ArrowRight", "u", "ArrowDown", "5");
    expect(one(".grid-bar__send").textContent).toContain("Send: 13 keep, 2 reject, 1 unsure");
    expect(server.votes.size).toBe(0);
    await press("Enter");
    const wanted = new Map<number, Vote>(first.map((id) => [id, KEEP]));
    wanted.set(first[0] ?? 0, reject("blurry"));
    wanted.set(first[1] ?? 0, UNSURE);
    wanted.set(first[5] ?? 0, reject("drawn"));
    expect(Object.fromEntries(server.votes)).toEqual(Object.fromEntries(wanted));
    expect(shown(desk)).not.toContain(first[0]);
    expect(one(".latest").textContent).toContain("13 kept, 2 rejected, 1 unsure");
    await press("z");
    expect(server.votes.size).toBe(0);
    expect(shown(desk)).toEqual(first);
    expect(Object.keys(desk.modes.grid.page.value.marks)).toHaveLength(3);
  });

  test("Shift with a digit adds a reason; the digit again takes the mark off", async () => {
    const desk = await sitDown(new Server(pictures(9)));
    await press("g", "3");
    await act(() => key("keydown", "$", { code: "Digit4", shiftKey: true }));
    const [first = 0] = shown(desk);
    expect(desk.modes.grid.page.value.marks[first]).toEqual(reject("blurry", "covered"));
    await press("3", "3");
    expect(desk.modes.grid.page.value.marks).toEqual({});
  });

  test("what to keep is marked where that is the fewer side, with one reason for the rest", async () => {
    const server = new Server(pictures(5));
    const desk = await sitDown(server);
    await press("g", "w", "k", "Enter");
    const [kept = 0] = shown(desk);
    expect(server.votes.size).toBe(0);
    expect(one("[aria-live=polite]").textContent).toContain("choose why");
    await press("1", "Enter");
    expect(server.votes.get(kept)).toEqual(KEEP);
    const rejected = [...server.votes.values()].filter(({ verdict }) => verdict === "reject");
    expect(rejected).toEqual(Array(4).fill(reject("subject_absent")));
  });

  test("the size goes by + and -, and is remembered with the way on this device", async () => {
    const desk = await sitDown(new Server(pictures(40)));
    await press("g", "-", "w");
    expect(shown(desk)).toHaveLength(25);
    const again = await sitDown(new Server(pictures(40)));
    expect(again.modes.mode.value).toBe("grid");
    expect(again.modes.grid.way.value).toBe("keep");
    expect(shown(again)).toEqual(shown(desk));
    await press("+", "+", "+", "+");
    expect(shown(again)).toHaveLength(9);
    await press("g");
    expect(root.querySelector(".stage__number")).not.toBeNull();
  });
});

describe("a page by hand", () => {
  test("a reason is chosen once, then pictures are tapped", async () => {
    const server = new Server(pictures(9));
    const desk = await sitDown(server);
    await tap(".modes__one:nth-of-type(2)");
    const ids = shown(desk);
    await tap(cell(ids[4]));
    expect(one("[aria-live=polite]").textContent).toContain("Choose a reason");
    await tap(".grid-bar .reason:nth-of-type(3)");
    expect(desk.modes.grid.page.value.marks).toEqual({});
    await tap(cell(ids[4]));
    await tap(cell(ids[6]));
    await tap(cell(ids[6]));
    await tap(".grid-bar .reason:nth-of-type(8)");
    await tap(cell(ids[0]));
    await tap(".grid-bar__send");
    expect(server.votes.get(ids[4] ?? 0)).toEqual(reject("blurry"));
    expect(server.votes.get(ids[6] ?? 0)).toEqual(KEEP);
    expect(server.votes.get(ids[0] ?? 0)).toEqual(UNSURE);
    expect(root.textContent).toContain("This batch is done");
  });

  test("a double tap marks once, and a second tap on the button sends no page unseen", async () => {
    const server = new Server(pictures(40));
    const desk = await sitDown(server);
    await tap(".modes__one:nth-of-type(2)");
    await tap(".grid-bar .reason:nth-of-type(3)");
    const [first = 0] = shown(desk);
    one(cell(first)).dispatchEvent(new Event("pointerdown", { bubbles: true }));
    await act(() => one<HTMLElement>(cell(first)).click());
    await act(() => one<HTMLElement>(cell(first)).click());
    await settle(400);
    expect(desk.modes.grid.page.value.marks[first]).toEqual(reject("blurry"));
    await act(() => one<HTMLElement>(".grid-bar__send").click());
    await act(() => one<HTMLElement>(".grid-bar__send").click());
    await settle();
    expect(server.votes.size).toBe(16);
  });
});

test("a picture that did not load is not judged", async () => {
  const server = new Server([item(1, { thumb_url: "/broken.webp" }), ...pictures(4).slice(1)]);
  await sitDown(server);
  await press("g");
  await settle(3000);
  await press("Enter");
  expect([...server.votes.keys()].sort()).toEqual([102, 103, 104]);
  await settle(3000);
  await press("Enter");
  expect(server.votes.has(101)).toBe(false);
  await press("u", "Enter");
  expect(server.votes.get(101)).toEqual(UNSURE);
});

test("300 pictures by pages, with the server away now and then: the votes are what was pressed", async () => {
  const server = new Server(pictures(300));
  const desk = await sitDown(server);
  await press("g", "-");
  const pressed = new Map<number, Vote>();
  for (let page = 0; shown(desk).length > 0; page++) {
    server.outcome = page % 4 === 1 ? () => ({ kind: "failed", why: "offline" }) : accept;
    for (const id of shown(desk)) pressed.set(id, KEEP);
    for (let step = 0; step <= page % 3; step++) {
      const number = ((page + step) % 7) + 1;
      await press(String(number));
      const framed = desk.modes.grid.framed?.id ?? 0;
      pressed.set(framed, reject(REASONS[number - 1] ?? "blurry"));
      await press("ArrowRight");
    }
    await press("Enter");
  }
  server.outcome = accept;
  desk.wake();
  await settle(60_000);
  expect(server.votes.size).toBe(300);
  expect(Object.fromEntries(server.votes)).toEqual(Object.fromEntries(pressed));
});

describe("what is marked", () => {
  test("stays on a smaller page and is cast when its picture comes", async () => {
    const server = new Server(pictures(25));
    const desk = await sitDown(server);
    await press("g", "-");
    const last = shown(desk).at(-1) ?? 0;
    await act(() => desk.modes.grid.mark(last, reject("blurry")));
    await press("+", "+");
    expect(shown(desk)).not.toContain(last);
    await press("Enter", "Enter", "Enter");
    expect(server.votes.size).toBe(25);
    expect(server.votes.get(last)).toEqual(reject("blurry"));
  });

  test("stays when an earlier page is taken back, which comes back whole", async () => {
    const server = new Server(pictures(40));
    const desk = await sitDown(server);
    await press("g");
    const first = shown(desk);
    const last = first.at(-1) ?? 0;
    await act(() => desk.modes.grid.mark(last, reject("drawn")));
    await settle(400);
    await press("Enter", "+");
    const [next = 0] = shown(desk);
    await press("3", "z");
    expect(shown(desk)).toEqual(first);
    expect(desk.modes.grid.page.value.marks).toEqual({
      [last]: reject("drawn"),
      [next]: reject("blurry"),
    });
    await press("ArrowRight", "Enter", "ArrowRight", "Enter");
    expect(server.votes.get(last)).toEqual(reject("drawn"));
    expect(server.votes.get(next)).toEqual(reject("blurry"));
  });
});

test("a window that changes its size keeps the pictures it has", async () => {
  const server = new Server(pictures(40));
  const desk = await sitDown(server);
  await press("g");
  const { grid } = desk.modes;
  vi.stubGlobal("devicePixelRatio", 4);
  await press("ArrowRight");
  expect(grid.page.value.items.every(grid.isShown)).toBe(true);
  await press("Enter");
  await settle(3000);
  expect(server.votes.size).toBe(16);
  expect(grid.page.value.items.every(grid.isShown)).toBe(true);
  vi.unstubAllGlobals();
});

test("a page that was judged in another tab makes room for the next", async () => {
  const desk = await sitDown(new Server(pictures(20)));
  await press("g");
  const first = shown(desk);
  for (const itemId of first) {
    await act(() => desk.happen({ type: "votedElsewhere", itemId, vote: KEEP }));
  }
  expect(shown(desk)).toHaveLength(4);
  expect(shown(desk)).not.toContain(first[0]);
});

test("what another tab took back after the last page is judged on a page too", async () => {
  const desk = await sitDown(new Server(pictures(9)));
  await press("g", "ArrowRight", "Enter");
  await act(() => desk.happen({ type: "votedElsewhere", itemId: 104, vote: null }));
  await click(".desk-end .button--big");
  expect(shown(desk)).toEqual([104]);
});

test("one by one, the line after a page says what undo takes back", async () => {
  await sitDown(new Server(pictures(40)));
  await press("g", "ArrowRight", "Enter", "g");
  expect(one(".latest").textContent).toContain("16 kept, 0 rejected");
  await press("z");
  expect(one(".latest").textContent).toContain("Taken back: 16");
});
