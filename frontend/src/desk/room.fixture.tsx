/** A desk in a page, a server to sit at, and hands to use it with. */
import { render } from "preact";
import { act } from "preact/test-utils";
import { vi } from "vitest";
import type { Answer } from "../shared/api";
import { messagesFor } from "../shared/messages";
import { MemoryStorage } from "../shared/storage.fixture";
import { deskData } from "./core/batch.fixture";
import type { DeskItem, Standing, Vote } from "./core/contract";
import { Desk } from "./desk";
import { deskActions } from "./input/actions";
import type { Pending } from "./sending/outbox";
import type { Outcome } from "./sending/sender";
import { Screen } from "./views/screen";

export const accept = ({ vote }: Pending): Outcome => ({ kind: "accepted", stored: vote });

/** What the server holds, and how it answers today. */
export class Server {
  readonly votes = new Map<number, Vote>();
  /** How it answers the question whether pictures may stay on the screen. */
  lease: Answer<unknown> = { kind: "ok", status: 204, data: undefined };
  outcome: (pending: Pending) => Outcome = accept;

  constructor(readonly items: readonly DeskItem[]) {}

  load = async (): Promise<Answer<ReturnType<typeof deskData>>> => {
    const items = this.items.map((one) => ({ ...one, my_vote: this.votes.get(one.id) ?? null }));
    return { kind: "ok", status: 200, data: deskData(items) };
  };

  /** How the server would sum up my batch at its end. */
  standing: Standing = {
    leased_until: "2027-01-01T00:00:00Z",
    left: 0,
    third_wanted: 0,
    next_batch: null,
  };
  timesAsked = 0;

  tellStanding = async (): Promise<Answer<Standing>> => {
    this.timesAsked++;
    return { kind: "ok", status: 200, data: this.standing };
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

export const kept = { local: new MemoryStorage(), tab: new MemoryStorage() };
/** The addresses of pictures that were taken out of the browser's cache. */
export const forgotten: string[] = [];
export let root: HTMLElement;

export async function settle(): Promise<void> {
  await act(async () => {
    await vi.advanceTimersByTimeAsync(30);
  });
}

export async function sitDown(server: Server, load = server.load): Promise<Desk> {
  if (root) render(null, root);
  root = document.createElement("div");
  document.body.replaceChildren(root);
  const desk = new Desk({
    batchId: "3",
    userId: "7",
    messages: messagesFor("en"),
    load,
    standing: server.tellStanding,
    lease: async () => server.lease,
    forget: (urls) => forgotten.push(...urls),
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
  const addresses = {
    batchUrl: "/batches/12/",
    manualUrl: "/m/",
    returnUrl: "/batches/12/return/",
  };
  render(<Screen desk={desk} actions={deskActions(desk)} addresses={addresses} />, root);
  await act(() => desk.open());
  await settle();
  return desk;
}

export function key(type: "keydown" | "keyup", name: string, given: KeyboardEventInit = {}): void {
  const code = /^\d$/.test(name) ? `Digit${name}` : name;
  const target = document.activeElement ?? document.body;
  target.dispatchEvent(
    new KeyboardEvent(type, { key: name, code, bubbles: true, cancelable: true, ...given }),
  );
}

export async function press(...names: string[]): Promise<void> {
  for (const name of names) {
    await act(() => {
      key("keydown", name);
      key("keyup", name);
    });
    await settle();
  }
}

export function one<Found extends Element>(selector: string): Found {
  const found = root.querySelector<Found>(selector);
  if (!found) throw new Error(`nothing here matches ${selector}`);
  return found;
}

export async function click(selector: string): Promise<void> {
  await act(() => one<HTMLElement>(selector).click());
  await settle();
}

export const number = () => one(".stage__number").textContent;

/** Fresh storages and a clock that only moves when told to. */
export function startDay(): void {
  vi.useFakeTimers();
  forgotten.length = 0;
  kept.local = new MemoryStorage();
  kept.tab = new MemoryStorage();
}
