// @vitest-environment happy-dom
import { act } from "preact/test-utils";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { item, KEEP, pictures, reject, UNSURE } from "./core/batch.fixture";
import {
  click,
  key,
  number,
  one,
  press,
  root,
  Server,
  settle,
  sitDown,
  startDay,
} from "./room.fixture";

beforeEach(startDay);

describe("by keyboard", () => {
  test("a volunteer goes through a batch with single keys", async () => {
    const server = new Server(pictures(4));
    await sitDown(server);
    expect(number()).toBe("1");
    await press("k", "3", "u", "7");
    expect(Object.fromEntries(server.votes)).toEqual({
      101: KEEP,
      102: reject("blurry"),
      103: UNSURE,
      104: reject("duplicate"),
    });
    expect(root.textContent).toContain("This batch is done");
    expect(root.textContent).toContain("All votes are stored");
    expect(one(".desk-end a").getAttribute("href")).toBe("/batches/12/");
  });

  test("the end offers to return the batch and the next one, and says when a third opinion is wanted", async () => {
    const server = new Server(pictures(1));
    server.standing = {
      ...server.standing,
      third_wanted: 2,
      next_batch: { number: 13, subject: "Ada", left: 40, url: "/batches/13/desk/" },
    };
    await sitDown(server);
    expect(server.timesAsked).toBe(0);
    await press("k");
    expect(one<HTMLFormElement>(".desk-end form").getAttribute("action")).toBe(
      "/batches/12/return/",
    );
    expect(one<HTMLButtonElement>(".desk-end form button").disabled).toBe(false);
    expect(one("[aria-keyshortcuts=Enter]").textContent).toContain("Ada · batch 13 (40 left)");
    expect(root.textContent).toContain("a third vote: 2");
    expect(server.timesAsked).toBe(1);
  });

  test("Enter at the end goes on with what is open to everybody", async () => {
    const server = new Server(pictures(1));
    server.standing = { ...server.standing, is_open: true };
    const next = { number: 14, subject: "Ada", left: 50, url: "/batches/14/desk/" };
    server.work = { kind: "ok", status: 200, data: next };
    await sitDown(server);
    await press("Enter", "k");
    expect(server.went).toEqual([]);
    expect(one(".desk-end .button--primary").textContent).toContain("Give me more");
    await press("Enter", "Enter");
    expect(server.went).toEqual(["/batches/14/desk/"]);
    // The batch was returned, and its desk does not say that somebody took it away.
    server.lease = { kind: "refused", status: 403, code: "not_assigned", message: "", context: {} };
    await settle(10_000);
    expect(root.textContent).toContain("This batch is done");
  });

  test("where nothing is left to go on with, the end says why and the batch stays", async () => {
    const server = new Server(pictures(1));
    server.standing = { ...server.standing, is_open: true };
    const context = { why: "others_hold_it" };
    server.work = { kind: "refused", status: 409, code: "nothing_to_take", message: "", context };
    await sitDown(server);
    await press("k", "Enter");
    expect(server.went).toEqual([]);
    expect(one(".desk-end__said").textContent).toContain("Others are judging");
    expect(one<HTMLButtonElement>(".desk-end form button").disabled).toBe(false);
  });

  test("a key that bounces on the last picture does not go on", async () => {
    const server = new Server(pictures(1));
    server.standing = { ...server.standing, is_open: true };
    const next = { number: 14, subject: "Ada", left: 50, url: "/batches/14/desk/" };
    server.work = { kind: "ok", status: 200, data: next };
    await sitDown(server);
    await act(() => {
      key("keydown", "k");
      key("keyup", "k");
    });
    await settle(50);
    await act(() => key("keydown", "Enter"));
    await settle(400);
    expect(server.went).toEqual([]);
  });

  test("who stops before the end returns the rest once they are sure", async () => {
    await sitDown(new Server(pictures(3)));
    await press("k", "?");
    const form = one<HTMLFormElement>(".desk-dialog--help form");
    expect(form.textContent).toContain("Return the rest");
    const sure = vi.fn(() => false);
    vi.stubGlobal("confirm", sure);
    const event = new Event("submit", { cancelable: true });
    form.dispatchEvent(event);
    expect(event.defaultPrevented).toBe(true);
    expect(sure).toHaveBeenCalledWith(expect.stringContaining("go to others: 2"));
    vi.unstubAllGlobals();
  });

  test("nothing is returned before the last vote is stored", async () => {
    const server = new Server(pictures(1));
    server.outcome = () => ({ kind: "failed", why: "offline" });
    await sitDown(server);
    await press("k");
    expect(one<HTMLButtonElement>(".desk-end form button").disabled).toBe(true);
  });

  test("a lease that voting moved on no longer warns", async () => {
    const server = new Server(pictures(3));
    const desk = await sitDown(server, async () => {
      const answer = await server.load();
      if (answer.kind !== "ok") return answer;
      const leased_until = new Date(Date.now() + 600_000).toISOString();
      return { ...answer, data: { ...answer.data, batch: { ...answer.data.batch, leased_until } } };
    });
    expect(root.querySelector(".lease--soon")).not.toBeNull();
    server.standing = {
      ...server.standing,
      leased_until: new Date(Date.now() + 3_600_000).toISOString(),
    };
    await press("k");
    await settle();
    expect(desk.howFar.leasedUntil.value).toBe(server.standing.leased_until);
    expect(root.querySelector(".lease--soon")).toBeNull();
    await press("k");
    expect(server.timesAsked).toBe(1);
  });

  test("numbers held together are one vote", async () => {
    const server = new Server(pictures(2));
    await sitDown(server);
    await act(() => {
      key("keydown", "1");
      key("keydown", "4");
      key("keyup", "1");
    });
    expect(server.votes.size).toBe(0);
    await act(() => key("keyup", "4"));
    await settle();
    expect(server.votes.get(101)).toEqual(reject("subject_absent", "covered"));
  });

  test("Shift collects reasons, Enter casts them; a stray Enter does nothing", async () => {
    const server = new Server(pictures(3));
    await sitDown(server);
    await press("3", "Enter");
    expect(number()).toBe("2");
    await act(() => {
      key("keydown", "@", { code: "Digit2", shiftKey: true });
      key("keyup", "@", { code: "Digit2", shiftKey: true });
    });
    await press("5");
    expect(number()).toBe("2");
    expect(one(".reason--confirm").textContent).toContain("Reject · 2");
    await press("Enter");
    expect(server.votes.get(102)).toEqual(reject("other_face", "drawn"));
  });

  test("losing the window with a key down casts nothing until Enter", async () => {
    const server = new Server(pictures(2));
    await sitDown(server);
    await act(() => key("keydown", "3"));
    await act(async () => {
      window.dispatchEvent(new Event("blur"));
    });
    await act(() => key("keyup", "3"));
    await settle();
    expect(server.votes.size).toBe(0);
    await press("4");
    expect(server.votes.size).toBe(0);
    await press("Enter");
    expect(server.votes.get(101)).toEqual(reject("blurry", "covered"));
  });

  test("undo goes back several votes, also after a reload, and the server follows", async () => {
    const server = new Server(pictures(3));
    await sitDown(server);
    await press("k", "2");
    await sitDown(server);
    expect(number()).toBe("3");
    await press("z");
    expect(number()).toBe("2");
    await press("z");
    expect(number()).toBe("1");
    expect(server.votes.size).toBe(0);
    await press("z");
    expect(one("[aria-live=polite]").textContent).toContain("nothing to undo");
  });

  test("while the manual is open, no key votes", async () => {
    const server = new Server(pictures(2));
    const desk = await sitDown(server);
    await press("m");
    expect(one<HTMLDialogElement>(".desk-dialog--manual").open).toBe(true);
    expect(root.textContent).toContain("hides part of the face");
    await press("k", "3");
    expect(server.votes.size).toBe(0);
    await press("m");
    expect(desk.panels.open.value).toBeNull();
    await press("k");
    expect(server.votes.size).toBe(1);
  });

  test("the help names every key, and the buttons carry theirs", async () => {
    await sitDown(new Server(pictures(2)));
    await press("?");
    const keys = [...root.querySelectorAll(".manual--keys kbd")].map((each) => each.textContent);
    expect(keys.join(" ")).toBe("K 1 7 U Z ← → F Space C L 0 T Q O Enter M ? G B Enter P");
    const shortcuts = [...root.querySelectorAll(".actions [aria-keyshortcuts]")].map((button) =>
      button.getAttribute("aria-keyshortcuts"),
    );
    expect(shortcuts.join(" ")).toBe("1 2 3 4 5 6 7 U K");
    await press("m", "k", "?");
    expect(root.querySelector("dialog[open]")).toBeNull();
    expect(number()).toBe("1");
  });

  test("keys are changed in the help, clashes are named, and they last", async () => {
    const server = new Server(pictures(3));
    await sitDown(server);
    await press("?");
    await click(".desk-dialog--help footer button");
    await click(".own-keys li:first-child button");
    await press("u");
    expect(one(".own-keys__said").textContent).toContain("U already means “Unsure”");
    await press("j");
    expect(one(".own-keys__said").textContent).toBe("“Keep” is now on J.");
    await press("?", "k");
    expect(server.votes.size).toBe(0);
    await press("j");
    expect(server.votes.get(101)).toEqual(KEEP);
    await sitDown(server);
    await press("j");
    expect(server.votes.get(102)).toEqual(KEEP);
    expect(one(".verdict--keep").getAttribute("aria-keyshortcuts")).toBe("J");
  });

  test("nobody votes on a picture that has not arrived; a broken one may be passed on", async () => {
    const broken = item(1, { preview_url: "/broken.webp" });
    const server = new Server([broken, item(2)]);
    await sitDown(server);
    await press("k");
    expect(one("[aria-live=polite]").textContent).toContain("still loading");
    await act(async () => {
      await vi.advanceTimersByTimeAsync(3000);
    });
    expect(root.textContent).toContain("could not be loaded");
    await press("k", "3");
    expect(server.votes.size).toBe(0);
    await press("u");
    expect(server.votes.get(101)).toEqual(UNSURE);
  });

  test("what is done is said in words", async () => {
    await sitDown(new Server(pictures(3)));
    await press("3");
    expect(one("[aria-live=polite]").textContent).toBe(
      "1: Reject: Too blurry. Now 2, 1 of 3 judged.",
    );
    await press("z");
    expect(one("[aria-live=polite]").textContent).toContain("undone");
  });
});
