// @vitest-environment happy-dom
import { act } from "preact/test-utils";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { item, KEEP, pictures, reject } from "./core/batch.fixture";
import {
  accept,
  click,
  forgotten,
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
  test("a vote that waited names the manual it was given by, though a newer one has come", async () => {
    const server = new Server(pictures(2));
    server.outcome = () => ({ kind: "failed", why: "offline" });
    const desk = await sitDown(server);
    const before = desk.data.value?.manual.version ?? 0;
    await press("k");
    const shown: (number | undefined)[] = [];
    server.outcome = (pending) => {
      shown.push(pending.manual);
      return accept(pending);
    };
    await sitDown(server, async () => {
      const answer = await server.load();
      if (answer.kind !== "ok") return answer;
      const manual = { ...answer.data.manual, version: before + 1 };
      return { ...answer, data: { ...answer.data, manual } };
    });
    await press("k");
    expect(shown).toEqual([before, before + 1]);
  });

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
    expect(number()).toBe("3");
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
    expect(notice).toContain("No further vote of yours is needed there. No. 1 · Keep.");
    expect(notice).toContain("Your other votes are safe.");
    expect(one(".desk-unsent").textContent).toBe("1 refused");
    expect(one(".desk-top__count").textContent).toContain("1 / 2");
    await click("[role=alert] button:nth-of-type(4)");
    expect(root.querySelector("[role=alert]")).toBeNull();
    await click(".desk-unsent");
    vi.stubGlobal("confirm", () => false);
    await click("[role=alert] button:nth-of-type(3)");
    expect(root.querySelector("[role=alert]")).not.toBeNull();
    vi.stubGlobal("confirm", () => true);
    await click("[role=alert] button:nth-of-type(3)");
    expect(root.querySelector("[role=alert]")).toBeNull();
    expect(one(".desk-unsent").textContent).toBe("All votes are stored");
  });

  test("votes of a lease that was taken back stay, are never called stored, and go when it is given again", async () => {
    const server = new Server(pictures(8));
    server.outcome = () => ({ kind: "failed", why: "offline" });
    const desk = await sitDown(server);
    await press("k", "k", "k", "k", "k", "k");
    server.outcome = () => ({ kind: "refused", code: "not_assigned" });
    desk.wake();
    await settle();
    await settle();
    expect(root.textContent).toContain("Judging has stopped");
    expect(root.textContent).toContain("Votes that were not accepted: 6");
    expect(root.textContent).toContain(
      "This batch is not assigned to you. No. 1, 2, 3, 4, 5, 6 · Keep.",
    );
    expect(root.textContent).not.toContain("All votes are stored");
    expect(server.votes.size).toBe(0);
    // The tab is closed and opened again; the batch is back in the person's hands.
    server.outcome = accept;
    await sitDown(server);
    expect(number()).toBe("7");
    await settle();
    expect(server.votes.size).toBe(6);
    expect(one(".desk-unsent").textContent).toBe("All votes are stored");
    expect(one(".desk-top__count").textContent).toContain("6 / 8");
  });

  test("an old vote that was refused does not take the place of what was said since elsewhere", async () => {
    const server = new Server(pictures(3));
    server.outcome = () => ({ kind: "refused", code: "lease_expired" });
    await sitDown(server);
    await press("k");
    server.votes.set(101, reject("drawn"));
    server.outcome = accept;
    await sitDown(server);
    expect(server.votes.get(101)).toEqual(reject("drawn"));
    expect(one("[role=alert]").textContent).toContain("No. 1 · Keep");
    await click("[role=alert] button");
    expect(server.votes.get(101)).toEqual(KEEP);
  });

  test("an open desk says that its batch was taken back, and goes on when it is given again", async () => {
    const server = new Server(pictures(4));
    const desk = await sitDown(server);
    await press("k");
    server.lease = { kind: "refused", status: 403, code: "not_assigned", message: "", context: {} };
    await settle(5000);
    expect(root.textContent).toContain("This batch is not assigned to you.");
    expect(root.querySelector("img")).toBeNull();
    expect(one(".desk-end a").getAttribute("href")).toBe("/");
    server.lease = { kind: "ok", status: 204, data: undefined };
    await act(() => desk.wake());
    await settle();
    await settle(400);
    expect(number()).toBe("2");
    await press("k");
    expect(server.votes.size).toBe(2);
  });

  test("an act on a picture that has only just come does not count, and is named", async () => {
    const server = new Server(pictures(4));
    await sitDown(server);
    const keep = () => one<HTMLElement>(".verdict--keep");
    for (const gap of [20, 60, 120, 250]) {
      const before = server.votes.size;
      await act(() => {
        keep().dispatchEvent(new Event("pointerdown", { bubbles: true }));
        keep().click();
      });
      await settle(gap);
      if (before < 3) {
        await act(() => keep().click());
        expect(root.textContent).toContain("so soon after the last vote");
      }
      await settle(400);
      expect(server.votes.size, `${gap} ms`).toBe(before + 1);
    }
  });

  test("a withdrawal takes every picture off the screen within five seconds", async () => {
    const server = new Server(pictures(30));
    const desk = await sitDown(server);
    await press("k");
    server.outcome = () => ({ kind: "failed", why: "offline" });
    await press("k", "k");
    await click(".desk-tool--people");
    const shown = one<HTMLImageElement>(".stage__picture img");
    expect(root.querySelectorAll("img").length).toBeGreaterThan(1);
    server.lease = {
      kind: "refused",
      status: 409,
      code: "consent_missing",
      message: "",
      context: {},
    };
    await act(async () => {
      await vi.advanceTimersByTimeAsync(5000);
    });
    expect(root.querySelectorAll("img")).toHaveLength(0);
    expect(shown.getAttribute("src")).toBeNull();
    expect(desk.pictures.pool.element("/preview/5.webp")).toBeNull();
    expect(forgotten).toContain("/preview/5.webp");
    expect(forgotten).toContain("/portraits/1.webp");
    expect(root.textContent).toContain("Judging has stopped");
    expect(root.textContent).toContain("The consent for this person does not cover judging");
    expect(root.textContent).not.toContain("Ada");
    expect(root.textContent).toContain("Votes kept on this device");
    expect(desk.sending.unsent()).toHaveLength(2);
    await press("k", "ArrowLeft");
    expect(desk.sending.unsent()).toHaveLength(2);
    // The consent is recorded anew.
    server.lease = { kind: "ok", status: 204, data: undefined };
    server.outcome = accept;
    await click(".desk-end button");
    await settle();
    expect(number()).toBe("4");
    expect(one(".stage__picture img")).toBeTruthy();
  });

  test("whoever else signs in sees nothing, and the votes wait for their owner", async () => {
    const server = new Server(pictures(3));
    const desk = await sitDown(server);
    server.outcome = () => ({ kind: "other_person" });
    await press("k");
    expect(one(".desk-unsent").textContent).toContain("waiting for you to sign in again");
    server.lease = { kind: "refused", status: 409, code: "other_person", message: "", context: {} };
    await act(async () => {
      await vi.advanceTimersByTimeAsync(5000);
    });
    expect(root.querySelectorAll("img")).toHaveLength(0);
    expect(root.textContent).toContain("Somebody else has signed in");
    expect(desk.sending.unsent()).toHaveLength(1);
    expect(server.votes.size).toBe(0);
    server.outcome = accept;
    desk.wake();
    await settle();
    expect(server.votes.get(101)).toEqual(KEEP);
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
    expect(number()).toBe("1");
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
    expect(number()).toBe("3");
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
