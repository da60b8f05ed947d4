/** A desk in a page, a server to sit at, and hands to use it with. */
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, vi } from "vitest";
import type { Answer } from "../shared/api";
import { messagesFor } from "../shared/messages";
import { OwnKeys } from "../shared/own-keys";
import { MemoryStorage } from "../shared/storage.fixture";
import { atHome } from "./along/along.fixture";
import type { AskingParts } from "./core/asking";
import { deskData } from "./core/batch.fixture";
import type {
  DeskItem,
  Near,
  NextBatch,
  PinnedQuestion,
  Reason,
  Standing,
  Told,
  Vote,
} from "./core/contract";
import type { Pair } from "./core/state";
import { Desk } from "./desk";
import { deskActions } from "./input/actions";
import type { DistinctParts } from "./modes/telling-apart";
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
    const data = deskData(items);
    const reasons = data.manual.reasons.filter(({ code }) => !this.leftOut.includes(code));
    return {
      kind: "ok",
      status: 200,
      data: { ...data, questions: this.questions, manual: { ...data.manual, reasons } },
    };
  };

  /** How the server would sum up my batch at its end. */
  standing: Standing = {
    leased_until: "2027-01-01T00:00:00Z",
    left: 0,
    third_wanted: 0,
    next_batch: null,
    is_open: false,
    rest: false,
  };
  /** What comes of asking for work. */
  work: Answer<NextBatch> = { kind: "failed", why: "offline" };
  /** The pages that were gone to. */
  readonly went: string[] = [];
  timesAsked = 0;
  near: Near = { pairs: [], twins: [] };
  /** Reasons that the project's manual does without. */
  leftOut: readonly Reason[] = [];
  /** What was said to be all different, act by act, and not taken back. */
  saidDistinct: (readonly Pair[])[] = [];

  /** Each time that pairs were to be asked again. */
  readonly takenBack: (readonly Pair[])[] = [];
  /** Pictures that are on nobody's desk any more. */
  purged: readonly number[] = [];
  /** How long it takes for an answer about what is distinct. */
  delay = 0;

  readonly distinct: { -readonly [part in keyof DistinctParts]: DistinctParts[part] } = {
    near: async () => {
      const isSaid = (pair: readonly number[]) =>
        this.saidDistinct.flat().some((said) => `${said}` === `${pair}`);
      const pairs = this.near.pairs.filter((pair) => !isSaid(pair));
      return this.#onLine({ ...this.near, pairs });
    },
    say: async (pairs) => {
      await this.#slowly();
      if (!this.isLineGone) this.saidDistinct.push(pairs);
      return this.#onLine(undefined);
    },
    takeBack: async (pairs) => {
      this.takenBack.push(pairs);
      await this.#slowly();
      if (pairs.flat().some((id) => this.purged.includes(id))) {
        return { kind: "refused", status: 404, code: "not_found", message: "", context: {} };
      }
      const isKept = (said: Pair) => !pairs.some((pair) => `${pair}` === `${said}`);
      const left = this.saidDistinct.map((said) => said.filter(isKept));
      if (!this.isLineGone) this.saidDistinct = left.filter(({ length }) => length > 0);
      return this.#onLine(undefined);
    },
  };

  /** What there is to tell of every picture, and of which it was told. */
  told: Told = { machine: null, decided: null };
  readonly toldOf: number[] = [];

  tell = async (itemId: number): Promise<Answer<Told>> => {
    if (!this.votes.has(itemId)) {
      return { kind: "refused", status: 409, code: "vote_first", message: "", context: {} };
    }
    this.toldOf.push(itemId);
    return { kind: "ok", status: 200, data: this.told };
  };

  /** What was asked, and whether there is a line to ask on. */
  questions: PinnedQuestion[] = [];
  isLineGone = false;

  readonly asking: AskingParts = {
    list: async () => this.#onLine({ questions: [...this.questions] }),
    ask: async (itemId, text) => {
      const question = { id: 900 + itemId, item_id: itemId, text, answer: "", mine: true };
      if (!this.isLineGone) this.questions = [...this.#without(question.id), question];
      return this.#onLine(question);
    },
    withdraw: async (itemId) => {
      if (!this.isLineGone) this.questions = this.#without(900 + itemId);
      return this.#onLine(undefined);
    },
  };

  #without(id: number): PinnedQuestion[] {
    return this.questions.filter((each) => each.id !== id || each.answer !== "");
  }

  async #slowly(): Promise<void> {
    if (this.delay > 0) await new Promise((resolve) => setTimeout(resolve, this.delay));
  }

  #onLine<T>(data: T): Answer<T> {
    return this.isLineGone ? { kind: "failed", why: "offline" } : { kind: "ok", status: 200, data };
  }

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

/** What has come by now is drawn; then time passes. */
export async function settle(milliseconds = 30): Promise<void> {
  await act(async () => {
    await vi.advanceTimersByTimeAsync(0);
  });
  await act(async () => {
    await vi.advanceTimersByTimeAsync(milliseconds);
  });
}

/** A picture is looked at for a while before it is judged. */
const LOOKING_MS = 350;

export async function sitDown(server: Server, load = server.load): Promise<Desk> {
  if (root) render(null, root);
  root = document.createElement("div");
  document.body.replaceChildren(root);
  const desk = new Desk({
    along: atHome(kept.local),
    batchId: "3",
    userId: "7",
    messages: messagesFor("en"),
    load,
    standing: server.tellStanding,
    work: async () => server.work,
    go: (url) => server.went.push(url),
    told: server.tell,
    asking: server.asking,
    distinct: server.distinct,
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
  const actions = deskActions(desk, new OwnKeys(kept.local, "7"));
  render(<Screen desk={desk} actions={actions} addresses={addresses} />, root);
  await act(() => desk.open());
  await settle(LOOKING_MS);
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
    await settle(LOOKING_MS);
  }
}

export function one<Found extends Element>(selector: string): Found {
  const found = root.querySelector<Found>(selector);
  if (!found) throw new Error(`nothing here matches ${selector}`);
  return found;
}

export async function click(selector: string): Promise<void> {
  await act(() => one<HTMLElement>(selector).click());
  await settle(LOOKING_MS);
}

export const number = () => one(".stage__number").textContent;

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** Fresh storages and a clock that only moves when told to. */
export function startDay(): void {
  vi.useFakeTimers();
  forgotten.length = 0;
  kept.local = new MemoryStorage();
  kept.tab = new MemoryStorage();
}
