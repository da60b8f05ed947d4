import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { MemoryStorage } from "../../shared/storage.fixture";
import { KEEP, reject, UNSURE } from "../core/batch.fixture";
import type { Vote } from "../core/contract";
import { newClientKey, Outbox, type Pending } from "./outbox";
import { type Outcome, Sender, type SendingState } from "./sender";

const accept = ({ vote }: Pending): Outcome => ({ kind: "accepted", stored: vote });

/** The far side: answers as told, and remembers what reached it, in order. */
class Server {
  answer: (pending: Pending) => Outcome = accept;
  delay = 10;
  readonly got: Pending[] = [];
  atOnce = 0;
  mostAtOnce = 0;

  readonly send = async (pending: Pending): Promise<Outcome> => {
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.atOnce);
    await new Promise((resolve) => setTimeout(resolve, this.delay));
    this.atOnce--;
    this.got.push(pending);
    return this.answer(pending);
  };
}

function person(server: Server, storage: Storage = new MemoryStorage()) {
  const outbox = new Outbox(storage, "7", "3");
  const accepted: [number, Vote | null][] = [];
  const refused: [number, string][] = [];
  let shown: { unsent: number; state: SendingState } = { unsent: 0, state: "idle" };
  const sender = new Sender({
    outbox,
    send: server.send,
    onAccepted: (itemId, vote) => accepted.push([itemId, vote]),
    onRefused: (itemId, code) => refused.push([itemId, code]),
    onChange: (unsent, state) => {
      shown = { unsent, state };
    },
  });
  let at = 0;
  const vote = (itemId: number, given: Vote | null = KEEP) => {
    outbox.put({ itemId, vote: given, clientKey: newClientKey(), at: ++at });
    sender.kick();
  };
  return { outbox, sender, accepted, refused, vote, shown: () => shown };
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe("on a good day", () => {
  test("votes go out at once and leave nothing behind", async () => {
    const server = new Server();
    const me = person(server);
    me.vote(11);
    me.vote(12, reject("blurry"));
    expect(me.shown()).toEqual({ unsent: 2, state: "sending" });
    await vi.advanceTimersByTimeAsync(50);
    expect(me.accepted).toEqual([
      [11, KEEP],
      [12, reject("blurry")],
    ]);
    expect(me.shown()).toEqual({ unsent: 0, state: "idle" });
    expect(me.outbox.all()).toEqual([]);
  });

  test("a few items travel at once, never two votes of the same item", async () => {
    const server = new Server();
    server.delay = 100;
    const me = person(server);
    for (let itemId = 1; itemId <= 9; itemId++) me.vote(itemId);
    me.vote(1, UNSURE);
    await vi.advanceTimersByTimeAsync(2000);
    expect(server.mostAtOnce).toBe(3);
    const ofFirst = server.got.filter(({ itemId }) => itemId === 1);
    expect(ofFirst.map(({ vote }) => vote)).toEqual([KEEP, UNSURE]);
    expect(me.shown().unsent).toBe(0);
  });

  test("whoever changes their mind while it is under way has the last word", async () => {
    const server = new Server();
    server.delay = 100;
    const me = person(server);
    me.vote(11);
    await vi.advanceTimersByTimeAsync(50);
    me.vote(11, reject("drawn"));
    me.vote(11, null);
    await vi.advanceTimersByTimeAsync(500);
    expect(server.got.map(({ vote }) => vote)).toEqual([KEEP, null]);
    expect(me.outbox.all()).toEqual([]);
  });
});

describe("without a network", () => {
  test("votes wait, one asks now and then, and all follow when it is back", async () => {
    const server = new Server();
    server.answer = () => ({ kind: "failed", why: "offline" });
    const me = person(server);
    for (let itemId = 1; itemId <= 5; itemId++) me.vote(itemId);
    await vi.advanceTimersByTimeAsync(500);
    server.mostAtOnce = 0;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(me.shown()).toEqual({ unsent: 5, state: "offline" });
    expect(server.mostAtOnce).toBe(1);
    expect(server.got.length).toBeLessThan(12);
    server.answer = accept;
    me.sender.wake();
    await vi.advanceTimersByTimeAsync(200);
    expect(me.shown()).toEqual({ unsent: 0, state: "idle" });
    expect(me.accepted).toHaveLength(5);
  });

  test("a repeat carries the same client key, so it counts once", async () => {
    const server = new Server();
    server.answer = () => ({ kind: "failed", why: "offline" });
    const me = person(server);
    me.vote(11);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(server.got.length).toBeGreaterThan(1);
    expect(new Set(server.got.map(({ clientKey }) => clientKey)).size).toBe(1);
  });

  test("a killed tab's votes are sent by the next one", async () => {
    const storage = new MemoryStorage();
    const server = new Server();
    server.answer = () => ({ kind: "failed", why: "offline" });
    const killed = person(server, storage);
    killed.vote(11);
    killed.vote(12, reject("covered"));
    await vi.advanceTimersByTimeAsync(100);
    killed.sender.stop();
    const fresh = new Server();
    const next = person(fresh, storage);
    next.sender.kick();
    await vi.advanceTimersByTimeAsync(100);
    expect(fresh.got.map(({ itemId }) => itemId)).toEqual([11, 12]);
    expect(next.shown().unsent).toBe(0);
  });
});

describe("when the server stumbles", () => {
  test("one bad item does not hold up the others", async () => {
    const server = new Server();
    server.answer = (pending) =>
      pending.itemId === 11 ? { kind: "failed", why: "server" } : accept(pending);
    const me = person(server);
    for (const itemId of [11, 12, 13, 14, 15]) me.vote(itemId);
    await vi.advanceTimersByTimeAsync(500);
    expect(me.accepted.map(([itemId]) => itemId)).toEqual([12, 13, 14, 15]);
    expect(me.shown()).toEqual({ unsent: 1, state: "waiting" });
    server.answer = accept;
    await vi.advanceTimersByTimeAsync(5000);
    expect(me.shown().unsent).toBe(0);
  });

  test("it waits as long as the server asks", async () => {
    const server = new Server();
    server.answer = () => ({ kind: "failed", why: "busy", retryAfter: 20_000 });
    const me = person(server);
    me.vote(11);
    await vi.advanceTimersByTimeAsync(19_000);
    expect(server.got).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(3000);
    expect(server.got).toHaveLength(2);
  });

  test("a sender that throws is a failure, not the end", async () => {
    const server = new Server();
    const me = person(server);
    const outbox = me.outbox;
    let calls = 0;
    const sender = new Sender({
      outbox,
      send: async () => {
        if (++calls === 1) throw new Error("broken");
        return { kind: "accepted", stored: KEEP };
      },
      onAccepted: () => undefined,
      onRefused: () => undefined,
      onChange: () => undefined,
    });
    outbox.put({ itemId: 11, vote: KEEP, clientKey: newClientKey(), at: 1 });
    sender.kick();
    await vi.advanceTimersByTimeAsync(3000);
    expect(calls).toBe(2);
    expect(outbox.all()).toEqual([]);
  });

  test.each(["signed_out", "other_person"] as const)(
    "%s: votes wait until the person is back",
    async (kind) => {
      const server = new Server();
      server.answer = () => ({ kind });
      const me = person(server);
      me.vote(11);
      me.vote(12);
      await vi.advanceTimersByTimeAsync(1000);
      expect(me.shown()).toEqual({ unsent: 2, state: kind });
      server.answer = accept;
      me.sender.wake();
      await vi.advanceTimersByTimeAsync(200);
      expect(me.shown().unsent).toBe(0);
    },
  );
});

describe("a refusal", () => {
  test("is final: the vote is not sent again, and stays until the person decides", async () => {
    const server = new Server();
    server.answer = () => ({ kind: "refused", code: "enough_votes" });
    const me = person(server);
    me.vote(11);
    await vi.advanceTimersByTimeAsync(50);
    expect(me.refused).toEqual([[11, "enough_votes"]]);
    expect(me.outbox.all()).toMatchObject([{ itemId: 11, vote: KEEP, refused: "enough_votes" }]);
    expect(me.shown()).toEqual({ unsent: 0, state: "idle" });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(server.got).toHaveLength(1);
    server.answer = accept;
    me.outbox.retryRefused();
    me.sender.kick();
    await vi.advanceTimersByTimeAsync(50);
    expect(me.accepted).toEqual([[11, KEEP]]);
    expect(new Set(server.got.map(({ clientKey }) => clientKey)).size).toBe(1);
  });

  test("of a vote that was replaced meanwhile is not reported", async () => {
    const server = new Server();
    server.delay = 100;
    server.answer = (pending) =>
      pending.vote?.verdict === "keep"
        ? { kind: "refused", code: "enough_votes" }
        : accept(pending);
    const me = person(server);
    me.vote(11);
    await vi.advanceTimersByTimeAsync(50);
    me.vote(11, UNSURE);
    await vi.advanceTimersByTimeAsync(500);
    expect(me.refused).toEqual([]);
    expect(me.accepted).toEqual([[11, UNSURE]]);
  });
});

test("two tabs under one lock send each vote once, the newest last", async () => {
  const storage = new MemoryStorage();
  const server = new Server();
  server.delay = 100;
  const queues = new Map<string, Promise<void>>();
  const alone = (name: string, work: () => Promise<void>) => {
    const turn = (queues.get(name) ?? Promise.resolve()).then(work);
    queues.set(name, turn);
    return turn;
  };
  const tab = () =>
    new Sender({
      outbox: new Outbox(storage, "7", "3"),
      send: server.send,
      onAccepted: () => undefined,
      onRefused: () => undefined,
      onChange: () => undefined,
      alone,
    });
  const [one, other] = [tab(), tab()];
  const outbox = new Outbox(storage, "7", "3");
  outbox.put({ itemId: 11, vote: KEEP, clientKey: newClientKey(), at: 1 });
  one.kick();
  other.kick();
  await vi.advanceTimersByTimeAsync(20);
  outbox.put({ itemId: 11, vote: UNSURE, clientKey: newClientKey(), at: 2 });
  other.kick();
  await vi.advanceTimersByTimeAsync(1000);
  expect(server.got.map(({ vote }) => vote)).toEqual([KEEP, UNSURE]);
  expect(outbox.all()).toEqual([]);
});
