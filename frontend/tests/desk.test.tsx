// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { DeskItem, Vote } from "../src/desk/contract";
import { Desk } from "../src/desk/desk";
import type { Pending } from "../src/desk/outbox";
import type { Outcome } from "../src/desk/sender";
import { Screen } from "../src/desk/views/screen";
import type { Answer } from "../src/shared/api";
import { messagesFor } from "../src/shared/messages";
import { deskData, item, KEEP, pictures, reject, UNSURE } from "./batch";
import { MemoryStorage } from "./storage";

const accept = ({ vote }: Pending): Outcome => ({ kind: "accepted", stored: vote });

/** What the server holds, and how it answers today. */
class Server {
  readonly votes = new Map<number, Vote>();
  outcome: (pending: Pending) => Outcome = accept;

  constructor(readonly items: readonly DeskItem[]) {}

  load = async (): Promise<Answer<ReturnType<typeof deskData>>> => {
    const items = this.items.map((one) => ({ ...one, my_vote: this.votes.get(one.id) ?? null }));
    return { kind: "ok", status: 200, data: deskData(items) };
  };

  send = async (pending: Pending): Promise<Outcome> => {
    const outcome = this.outcome(pending);
    if (outcome.kind === "accepted") {
      if (pending.vote) this.votes.set(pending.itemId, pending.vote);
      else this.votes.delete(pending.itemId);
    }
    return outcome;
  };
}

const kept = { local: new MemoryStorage(), tab: new MemoryStorage() };
let root: HTMLElement;

async function settle(): Promise<void> {
  await act(async () => {
    await vi.advanceTimersByTimeAsync(30);
  });
}

async function sitDown(server: Server, load = server.load): Promise<Desk> {
  if (root) render(null, root);
  root = document.createElement("div");
  document.body.replaceChildren(root);
  const desk = new Desk({
    batchId: "3",
    userId: "7",
    messages: messagesFor("en"),
    load,
    send: server.send,
    kept: kept.local,
    keptByTab: kept.tab,
    makeImage: () => {
      const image = document.createElement("img");
      image.decode = () =>
        image.src.includes("broken") ? Promise.reject(new Error("404")) : Promise.resolve();
      return image;
    },
  });
  render(<Screen desk={desk} addresses={{ batchUrl: "/batches/12/", manualUrl: "/m/" }} />, root);
  await act(() => desk.open());
  await settle();
  return desk;
}

function key(type: "keydown" | "keyup", name: string, given: KeyboardEventInit = {}): void {
  const code = /^\d$/.test(name) ? `Digit${name}` : name;
  const target = document.activeElement ?? document.body;
  target.dispatchEvent(
    new KeyboardEvent(type, { key: name, code, bubbles: true, cancelable: true, ...given }),
  );
}

async function press(...names: string[]): Promise<void> {
  for (const name of names) {
    await act(() => {
      key("keydown", name);
      key("keyup", name);
    });
    await settle();
  }
}

function one<Found extends Element>(selector: string): Found {
  const found = root.querySelector<Found>(selector);
  if (!found) throw new Error(`nothing here matches ${selector}`);
  return found;
}

async function click(selector: string): Promise<void> {
  await act(() => one<HTMLElement>(selector).click());
  await settle();
}

const number = () => one(".stage__number").textContent;

beforeEach(() => {
  vi.useFakeTimers();
  kept.local = new MemoryStorage();
  kept.tab = new MemoryStorage();
});

afterEach(() => {
  vi.useRealTimers();
});

describe("by keyboard", () => {
  test("a volunteer goes through a batch with single keys", async () => {
    const server = new Server(pictures(4));
    await sitDown(server);
    expect(number()).toBe("00001");
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
    expect(number()).toBe("00002");
    await act(() => {
      key("keydown", "@", { code: "Digit2", shiftKey: true });
      key("keyup", "@", { code: "Digit2", shiftKey: true });
    });
    await press("5");
    expect(number()).toBe("00002");
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
    expect(number()).toBe("00003");
    await press("z");
    expect(number()).toBe("00002");
    await press("z");
    expect(number()).toBe("00001");
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
    expect(desk.panel.value).toBeNull();
    await press("k");
    expect(server.votes.size).toBe(1);
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
      "00001: Reject: Too blurry. Now 00002, 1 of 3 judged.",
    );
    await press("z");
    expect(one("[aria-live=polite]").textContent).toContain("taken back");
  });
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
    expect(desk.session.value.chosen).toEqual(["blurry"]);
    expect(server.votes.size).toBe(0);
  });

  test("Reject lays the reasons open; a vote closes them", async () => {
    const desk = await sitDown(new Server(pictures(2)));
    await click(".verdict--reject");
    expect(one(".actions").getAttribute("data-open")).toBe("true");
    await click(".reason:nth-of-type(1)");
    expect(desk.sheet.value).toBe(false);
  });
});

describe("when things go wrong", () => {
  test("offline votes are counted, kept, and sent by the next visit", async () => {
    const server = new Server(pictures(3));
    server.outcome = () => ({ kind: "failed", why: "offline" });
    const desk = await sitDown(server);
    await press("k", "3");
    expect(one(".desk-unsent").textContent).toContain("2 unsent");
    expect(desk.couldLose).toBe(false);
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
