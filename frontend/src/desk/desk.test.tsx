// @vitest-environment happy-dom
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { item, KEEP, pictures, reject } from "./core/batch.fixture";
import {
  accept,
  click,
  kept,
  number,
  one,
  press,
  root,
  Server,
  settle,
  sitDown,
  startDay,
} from "./room.fixture";
import type { Pending } from "./sending/outbox";

beforeEach(startDay);

afterEach(() => {
  vi.useRealTimers();
});

describe("by mouse and thumb", () => {
  test("a tap on a reason rejects for it", async () => {
    const server = new Server(pictures(2));
    await sitDown(server);
    await click(".reason:nth-of-type(5)");
    expect(server.votes.get(101)).toEqual(reject("drawn"));
    await click(".verdict--keep");
    expect(server.votes.get(102)).toEqual(KEEP);
  });

  test("the switch for several collects taps until confirmed", async () => {
    const server = new Server(pictures(2));
    await sitDown(server);
    await click(".reason--several");
    await click(".reason:nth-of-type(1)");
    await click(".reason:nth-of-type(6)");
    expect(server.votes.size).toBe(0);
    await click(".reason--confirm");
    expect(server.votes.get(101)).toEqual(reject("subject_absent", "rephoto"));
  });

  test("a long press collects too", async () => {
    const server = new Server(pictures(2));
    const desk = await sitDown(server);
    const chip = one<HTMLElement>(".reason:nth-of-type(3)");
    await act(async () => {
      chip.dispatchEvent(new Event("pointerdown"));
    });
    await act(async () => {
      await vi.advanceTimersByTimeAsync(600);
    });
    await act(async () => {
      chip.dispatchEvent(new Event("pointerup"));
    });
    await act(() => chip.click());
    expect(desk.session.chosen).toEqual(["blurry"]);
    expect(server.votes.size).toBe(0);
  });

  test("Reject lays the reasons open; a vote closes them", async () => {
    const desk = await sitDown(new Server(pictures(2)));
    await click(".verdict--reject");
    expect(one(".actions").getAttribute("data-open")).toBe("true");
    await click(".reason:nth-of-type(1)");
    expect(desk.panels.sheet.value).toBe(false);
  });
});

describe("when things go wrong", () => {
  test("offline votes are counted, kept, and sent by the next visit", async () => {
    const server = new Server(pictures(3));
    server.outcome = () => ({ kind: "failed", why: "offline" });
    const desk = await sitDown(server);
    await press("k", "3");
    expect(one(".desk-unsent").textContent).toContain("2 unsent");
    expect(desk.sending.couldLose).toBe(false);
    expect(server.votes.size).toBe(0);
    server.outcome = accept;
    await sitDown(server);
    expect(number()).toBe("00003");
    expect(server.votes.size).toBe(2);
    expect(one(".desk-unsent").textContent).toBe("All votes are stored");
  });

  test("a refused vote is taken back on the screen, named and explained", async () => {
    const server = new Server(pictures(3));
    server.outcome = (pending) =>
      pending.itemId === 101 ? { kind: "refused", code: "enough_votes" } : accept(pending);
    await sitDown(server);
    await press("k", "k");
    const notice = one("[role=alert]").textContent;
    expect(notice).toContain("00001: Others have already given enough votes.");
    expect(notice).toContain("Your other votes are safe.");
    await click("[role=alert] button");
    expect(root.querySelector("[role=alert]")).toBeNull();
    expect(one(".desk-top__count").textContent).toContain("1 / 2");
  });

  test("after the lease has ended pictures can be looked at, not judged", async () => {
    const server = new Server(pictures(3));
    server.outcome = () => ({ kind: "refused", code: "lease_expired" });
    await sitDown(server);
    await press("k");
    expect(one("[role=alert]").textContent).toContain("Your lease on this batch has ended.");
    expect(one<HTMLFieldSetElement>(".actions").disabled).toBe(true);
    await click("[role=alert] button");
    expect(root.textContent).toContain("Judging has stopped");
    await press("k", "ArrowLeft");
    expect(server.votes.size).toBe(0);
  });

  test("a batch that cannot be opened says why and can be tried again", async () => {
    const server = new Server(pictures(2));
    let tries = 0;
    await sitDown(server, async () => {
      if (++tries > 1) return server.load();
      return { kind: "refused", status: 409, code: "batch_closed", message: "", context: {} };
    });
    expect(one("[role=alert]").textContent).toContain("The batch has been closed.");
    await click("[role=alert] button");
    expect(number()).toBe("00001");
  });

  test("a batch without work says so", async () => {
    await sitDown(new Server([item(1, { open: false })]));
    expect(root.textContent).toContain("Nothing to judge here");
  });

  test("a vote from another tab shows up here and is not judged twice", async () => {
    const server = new Server(pictures(3));
    server.outcome = () => ({ kind: "failed", why: "offline" });
    const desk = await sitDown(server);
    const other: Pending = { itemId: 102, vote: KEEP, clientKey: "elsewhere", at: 1 };
    kept.local.setItem("winnow.vote.7.3.102", JSON.stringify(other));
    await act(() => desk.heard("winnow.vote.7.3.102"));
    await settle();
    await press("k");
    expect(number()).toBe("00003");
    expect(one(".desk-top__count").textContent).toContain("2 / 3");
  });
});

test("the side shows who is looked for and how to tell others apart", async () => {
  await sitDown(new Server(pictures(1)));
  const side = one(".desk__side").textContent;
  expect(side).toContain("This is Ada");
  expect(side).toContain("A narrower chin.");
  expect(one<HTMLImageElement>(".desk__side img").alt).toBe("2019");
});
