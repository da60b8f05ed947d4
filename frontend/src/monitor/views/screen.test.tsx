// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, expect, test, vi } from "vitest";
import { listenToKeys } from "../../shared/listen";
import { messagesFor } from "../../shared/messages";
import { MONITOR_TEXTS } from "../../shared/texts/monitor";
import { monitorActions } from "../actions";
import type { Command, Run } from "../contract";
import { Monitor } from "../monitor";
import { Screen } from "./screen";

const RUN: Run = {
  id: 7,
  number: 1,
  state: "running",
  model: "original",
  steps: 200,
  batch_size: 8,
  step: 50,
  device: "cpu",
  examples_per_second: 16,
  preparing: null,
  position: null,
  is_active: true,
  is_supervised: true,
  can: { stop: true, resume: false, save: true, preview: true },
  preview_url: null,
  preview_step: null,
  checkpoints: [
    { step: 20, at: "2026-11-23T07:00:00Z" },
    { step: 40, at: "2026-11-23T07:01:00Z" },
  ],
  problem: null,
  problem_details: "",
  events: [
    {
      at: "2026-11-23T07:00:00Z",
      state: "running",
      cause: "started",
      actor: null,
      step: 20,
      note: "",
    },
  ],
};

const root = document.createElement("div");
document.body.append(root);

let stopListening: () => void = () => undefined;

function show(run: Run): { monitor: Monitor; asked: Command[] } {
  const asked: Command[] = [];
  const monitor = new Monitor({
    run,
    messages: messagesFor("en", MONITOR_TEXTS),
    readRun: async () => ({ kind: "ok", status: 200, data: run }),
    readLosses: async () => ({ kind: "ok", status: 200, data: { losses: [] } }),
    send: async (command) => {
      asked.push(command);
      return { kind: "ok", status: 202, data: run };
    },
  });
  const actions = monitorActions(monitor);
  const names = { a: "Ada", b: "Bob" };
  act(() => render(<Screen monitor={monitor} actions={actions} names={names} />, root));
  stopListening();
  stopListening = listenToKeys({ actions: () => actions.all });
  return { monitor, asked };
}

const buttons = () =>
  [...root.querySelectorAll(".controls button")].map((one) => one.textContent?.trim());

afterEach(() => {
  render(null, root);
  vi.restoreAllMocks();
});

test("only what can be asked has a button", () => {
  show(RUN);
  expect(buttons()).toEqual(["Save S", "Refresh preview R", "Stop"]);
  show({
    ...RUN,
    state: "stopped",
    is_active: false,
    can: { stop: false, resume: true, save: false, preview: false },
  });
  expect(buttons()).toEqual(["Resume"]);
});

test("who may only look has no buttons", () => {
  show({ ...RUN, can: { stop: false, resume: false, save: false, preview: false } });
  expect(buttons()).toEqual([]);
});

test("a pressed button is busy until it is done", async () => {
  const { asked } = show(RUN);
  const save = root.querySelector<HTMLButtonElement>(".controls button");
  await act(async () => save?.click());
  expect(asked).toEqual(["save"]);
  expect(save?.getAttribute("aria-busy")).toBe("true");
});

test("how far it is, what is saved and what happened", () => {
  show(RUN);
  const text = root.textContent ?? "";
  expect(text).toContain("Step 50 of 200");
  expect(text).toContain("16 faces/s");
  expect(text).toContain("about 3 min");
  const saved = [...root.querySelectorAll(".saved .number")].map((one) => one.textContent);
  expect(saved).toEqual(["Step 40", "Step 20"]);
  expect(root.querySelector(".log")?.textContent).toContain("Running · started · Step 20");
});

test("a problem is explained in words, with the trainer's own below", () => {
  show({ ...RUN, state: "failed", problem: "The disk is full.", problem_details: "ENOSPC" });
  const alert = root.querySelector("[role=alert]");
  expect(alert?.textContent).toBe("The disk is full.ENOSPC");
});

test("the preview is shown with its masks, and without them again", async () => {
  vi.spyOn(Image.prototype, "decode").mockResolvedValue(undefined);
  const { monitor } = show({ ...RUN, preview_url: "/preview.webp?step=30", preview_step: 30 });
  const source = async () => {
    await act(async () => undefined);
    return root.querySelector(".faces img")?.getAttribute("src");
  };
  expect(await source()).toBe("/preview.webp?step=30");
  act(() =>
    root
      .querySelector<HTMLButtonElement>(".watch__head [aria-pressed=false] kbd")
      ?.closest("button")
      ?.click(),
  );
  expect(await source()).toBe("/preview.webp?step=30&masked=1");
  act(() => monitor.toggleMask());
  expect(await source()).toBe("/preview.webp?step=30");
});

function press(key: string, given: KeyboardEventInit = {}): void {
  const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...given });
  act(() => void document.body.dispatchEvent(event));
}

test("the keys do what their buttons do", () => {
  const { monitor, asked } = show(RUN);
  press("s");
  press("R");
  press("m");
  expect(asked).toEqual(["save", "preview"]);
  expect(monitor.masked.value).toBe(true);
  const shortcuts = [...root.querySelectorAll(".controls button")].map((button) =>
    button.getAttribute("aria-keyshortcuts"),
  );
  expect(shortcuts).toEqual(["S", "R", null]);
});

test.each([
  ["r", { ctrlKey: true }],
  ["s", { metaKey: true }],
  ["s", { repeat: true }],
  ["x", {}],
] as const)("the key %s with %o asks for nothing", (key, given) => {
  const { asked } = show(RUN);
  press(key, given);
  expect(asked).toEqual([]);
});

test("what cannot be asked now has no key either", () => {
  const { asked } = show({ ...RUN, can: { ...RUN.can, save: false } });
  press("s");
  expect(asked).toEqual([]);
});
