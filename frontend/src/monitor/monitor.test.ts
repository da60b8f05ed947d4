import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Answer } from "../shared/api";
import { messagesFor } from "../shared/messages";
import type { Command, Loss, Run } from "./contract";
import { columnsOf, extended, secondsLeft, smoothed } from "./curve";
import { Monitor } from "./monitor";
import { activityInWords, count, durationInWords, lossInWords } from "./words";

const NOTHING = { stop: false, resume: false, save: false, preview: false };
const EVERYTHING = { stop: true, resume: false, save: true, preview: true };

function aRun(changed: Partial<Run> = {}): Run {
  return {
    id: 7,
    number: 1,
    state: "running",
    model: "original",
    steps: 200,
    batch_size: 8,
    step: 0,
    device: "cpu",
    examples_per_second: 16,
    preparing: null,
    position: null,
    is_active: true,
    is_supervised: true,
    can: EVERYTHING,
    preview_url: null,
    preview_step: null,
    checkpoints: [],
    problem: null,
    problem_details: "",
    events: [],
    ...changed,
  };
}

const loss = (step: number, a = 1 / step, b = 2 / step): Loss => ({ step, a, b });

/** A server with one run, which a story changes as it goes. */
class Server {
  run = aRun();
  losses: Loss[] = [];
  down = false;
  asked: Command[] = [];
  looks = 0;

  readRun = async (): Promise<Answer<Run>> => {
    this.looks++;
    return this.#answer(this.run);
  };

  readLosses = async (after: number): Promise<Answer<{ losses: readonly Loss[] }>> =>
    this.#answer({ losses: this.losses.filter((one) => one.step > after) });

  send = async (command: Command): Promise<Answer<Run>> => {
    this.asked.push(command);
    return this.#answer(this.run);
  };

  #answer<T>(data: T): Answer<T> {
    return this.down ? { kind: "failed", why: "offline" } : { kind: "ok", status: 200, data };
  }
}

let server: Server;
let monitor: Monitor;

beforeEach(() => {
  vi.useFakeTimers();
  server = new Server();
  const { readRun, readLosses, send } = server;
  monitor = new Monitor({
    run: server.run,
    messages: messagesFor("en"),
    readRun,
    readLosses,
    send,
  });
});

afterEach(() => {
  monitor.rest();
  vi.useRealTimers();
});

test("the curves grow by what is new", async () => {
  server.losses = [loss(1), loss(2)];
  await monitor.watch();
  server.losses.push(loss(3));
  await vi.advanceTimersByTimeAsync(1000);
  expect(monitor.losses.value.map((one) => one.step)).toEqual([1, 2, 3]);
});

test("a run that is over is looked at less often", async () => {
  server.run = aRun({ state: "finished", is_active: false, can: NOTHING });
  await monitor.watch();
  await vi.advanceTimersByTimeAsync(7000);
  expect(server.looks).toBe(1);
  await vi.advanceTimersByTimeAsync(2000);
  expect(server.looks).toBe(2);
});

test("without an answer it says so, asks less and less often, and recovers", async () => {
  server.down = true;
  await monitor.watch();
  expect(monitor.reachable.value).toBe(false);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(server.looks).toBeLessThan(10);
  server.down = false;
  await vi.advanceTimersByTimeAsync(15_000);
  expect(monitor.reachable.value).toBe(true);
});

test("a page out of sight does not ask", async () => {
  await monitor.watch();
  monitor.rest();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(server.looks).toBe(1);
});

test("save is asked once and is done when a new checkpoint is there", async () => {
  await monitor.watch();
  await monitor.ask("save");
  await monitor.ask("save");
  expect(server.asked).toEqual(["save"]);
  expect(monitor.pending.value.has("save")).toBe(true);
  server.run = aRun({ step: 30, checkpoints: [{ step: 30, at: "2026-11-23T07:00:00Z" }] });
  await vi.advanceTimersByTimeAsync(1000);
  expect(monitor.pending.value.has("save")).toBe(false);
  expect(monitor.said.value).toBe("Saved at step 30.");
});

test("what cannot be done now is not asked", async () => {
  server.run = aRun({ state: "finished", is_active: false, can: NOTHING });
  await monitor.watch();
  await monitor.ask("stop");
  expect(server.asked).toEqual([]);
});

test("a refusal is shown and the button can be pressed again", async () => {
  await monitor.watch();
  server.send = async () => ({
    kind: "refused",
    status: 409,
    code: "run_not_running",
    message: "This run is not running.",
    context: {},
  });
  const refusing = new Monitor({
    run: server.run,
    messages: messagesFor("en"),
    readRun: server.readRun,
    readLosses: server.readLosses,
    send: server.send,
  });
  await refusing.ask("save");
  expect(refusing.refusal.value).toBe("This run is not running.");
  expect(refusing.pending.value.size).toBe(0);
});

test("a missing supervisor is told of only when it stays away", async () => {
  server.run = aRun({ state: "waiting", position: 1, is_supervised: false });
  await monitor.watch();
  expect(monitor.unsupervised.value).toBe(false);
  await vi.advanceTimersByTimeAsync(6000);
  expect(monitor.unsupervised.value).toBe(true);
  server.run = aRun({ state: "running" });
  await vi.advanceTimersByTimeAsync(1000);
  expect(monitor.unsupervised.value).toBe(false);
});

test("steps that a restarted trainer tells again do not fold the curve back", () => {
  const known = [loss(1), loss(2), loss(3)];
  expect(extended(known, [loss(2), loss(3), loss(4)]).map((one) => one.step)).toEqual([1, 2, 3, 4]);
  expect(extended(known, [loss(2)])).toBe(known);
});

test("smoothing begins at the first value and forgets slowly", () => {
  expect(smoothed([4])[0]).toBeCloseTo(4);
  const steady = smoothed(Array.from({ length: 50 }, () => 2));
  for (const value of steady) expect(value).toBeCloseTo(2);
  const dropped = smoothed([...Array.from({ length: 50 }, () => 2), 0]);
  expect(dropped.at(-1)).toBeGreaterThan(1.8);
});

test("every column is as long as there are losses", () => {
  for (const column of columnsOf([loss(1), loss(2)])) expect(column).toHaveLength(2);
});

test("the time left counts the faces of both sides", () => {
  expect(secondsLeft(aRun({ step: 100 }))).toBe(100);
  expect(secondsLeft(aRun({ examples_per_second: null }))).toBeNull();
  expect(secondsLeft(aRun({ step: 200 }))).toBe(0);
});

test("numbers and times read well", () => {
  expect(lossInWords(0.03127)).toBe("0.0313");
  expect(lossInWords(0.00031)).toBe("3.10e-4");
  expect(lossInWords(undefined)).toBe("–");
  expect(durationInWords(40, "en")).toBe("40 sec");
  expect(durationInWords(100, "en")).toBe("2 min");
  expect(durationInWords(2.5 * 3600, "en")).toBe("2.5 hr");
  expect(durationInWords(20 * 86_400, "zh-Hans")).toBe("20天");
  expect(count(20_889.4, "en")).toBe("20,889");
  expect(count(0.53, "en")).toBe("0.5");
});

test("what the run is at, in one line", () => {
  const messages = messagesFor("en");
  const waiting = aRun({ state: "waiting", position: 2 });
  expect(activityInWords(waiting, messages)).toBe("Number 2 in the queue");
  const preparing = aRun({ preparing: { side: "b", done: 3, total: 60 } });
  expect(activityInWords(preparing, messages)).toBe("Looking for faces of B: 3 of 60");
  const starting = aRun({ examples_per_second: null });
  expect(activityInWords(starting, messages)).toContain("starting");
  expect(activityInWords(aRun({ state: "finished" }), messages)).toBe("");
});
