import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Answer } from "../shared/api";
import { messagesFor } from "../shared/messages";
import { MONITOR_TEXTS } from "../shared/texts/monitor";
import type { Command, Loss, Run } from "./contract";
import { Monitor } from "./monitor";
import { aRun, loss } from "./run.fixture";

const NOTHING = { stop: false, resume: false, save: false, preview: false };
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
    messages: messagesFor("en", MONITOR_TEXTS),
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
    messages: messagesFor("en", MONITOR_TEXTS),
    readRun: server.readRun,
    readLosses: server.readLosses,
    send: server.send,
  });
  await refusing.ask("save");
  expect(refusing.refusal.value).toBe("This run is not running.");
  expect(refusing.pending.value.size).toBe(0);
});

test("a missing supervisor is reported only when it stays away", async () => {
  server.run = aRun({ state: "waiting", position: 1, is_supervised: false });
  await monitor.watch();
  expect(monitor.unsupervised.value).toBe(false);
  await vi.advanceTimersByTimeAsync(6000);
  expect(monitor.unsupervised.value).toBe(true);
  server.run = aRun({ state: "running" });
  await vi.advanceTimersByTimeAsync(1000);
  expect(monitor.unsupervised.value).toBe(false);
});
