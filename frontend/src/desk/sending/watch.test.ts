// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Answer } from "../../shared/api";
import { Watch } from "./watch";

const WELL: Answer<unknown> = { kind: "ok", status: 204, data: undefined };
const refused = (status: number, code: string): Answer<unknown> => ({
  kind: "refused",
  status,
  code,
  message: "",
  context: {},
});

function watching(answer: () => Answer<unknown>, isHidden = () => false) {
  const ask = vi.fn(async () => answer());
  const ended: string[] = [];
  const watch = new Watch({ ask, isHidden, onEnded: (code) => ended.push(code) });
  watch.start();
  return { watch, ask, ended };
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

test("it asks every few seconds and hears of an end within five", async () => {
  let answer = WELL as Answer<unknown>;
  const { ask, ended } = watching(() => answer);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(ask.mock.calls.length).toBeGreaterThan(15);
  expect(ask.mock.calls.length).toBeLessThan(26);
  answer = refused(409, "consent_missing");
  await vi.advanceTimersByTimeAsync(5000);
  expect(ended).toEqual(["consent_missing"]);
  const asked = ask.mock.calls.length;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(ask.mock.calls.length).toBe(asked);
});

test("a desk out of sight does not ask, and asks at once when it comes back", async () => {
  let hidden = true;
  const { watch, ask } = watching(
    () => WELL,
    () => hidden,
  );
  await vi.advanceTimersByTimeAsync(60_000);
  expect(ask).not.toHaveBeenCalled();
  hidden = false;
  watch.look();
  await vi.advanceTimersByTimeAsync(1);
  expect(ask).toHaveBeenCalledTimes(1);
});

test("no network ends nothing, and it goes on asking", async () => {
  const { ask, ended } = watching(() => ({ kind: "failed", why: "offline" }));
  await vi.advanceTimersByTimeAsync(20_000);
  expect(ended).toEqual([]);
  expect(ask.mock.calls.length).toBeGreaterThan(4);
});

test("whoever is signed out would not hear of a withdrawal, so nothing stays", async () => {
  const { ended } = watching(() => refused(401, "not_signed_in"));
  await vi.advanceTimersByTimeAsync(5000);
  expect(ended).toEqual(["not_signed_in"]);
});

test("who looks twice at once still asks one question at a time", async () => {
  const { watch, ask } = watching(() => WELL);
  watch.look();
  watch.look();
  await vi.advanceTimersByTimeAsync(20_000);
  expect(ask.mock.calls.length).toBeLessThan(11);
});

test("an answer that comes after the desk was left ends nothing", async () => {
  const { watch, ended } = watching(() => refused(409, "lease_expired"));
  watch.look();
  watch.stop();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(ended).toEqual([]);
});
