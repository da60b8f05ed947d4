import "./desk.css";
import { render } from "preact";
import { GivenWithPage, get, request } from "../shared/api";
import { pageLanguage } from "../shared/language";
import { messagesFor } from "../shared/messages";
import { OwnKeys } from "../shared/own-keys";
import { forgetPictures, imagesWith } from "../shared/pictures";
import { Along } from "./along/along";
import type {
  DeskData,
  Near,
  NextBatch,
  PinnedQuestion,
  PinnedQuestions,
  Standing,
  Told,
} from "./core/contract";
import type { Pair } from "./core/state";
import { Desk } from "./desk";
import { deskActions } from "./input/actions";
import { storageOrNull } from "./sending/outbox";
import { aloneAmongTabs } from "./sending/sender";
import { sendVote } from "./sending/votes-api";
import { Screen } from "./views/screen";

/** The picture that comes with the page is seen before anything takes its place; nobody votes sooner. */
async function onceSeen(picture: HTMLImageElement | null): Promise<void> {
  if (!picture) return;
  await picture.decode().catch(() => undefined);
  await new Promise((painted) => {
    requestAnimationFrame(() => setTimeout(painted));
    setTimeout(painted, 100); // Where nothing is painted, as in a tab behind another.
  });
}

async function start(root: HTMLElement): Promise<void> {
  const first = root.querySelector("img");
  await onceSeen(first);
  const {
    batchId = "",
    userId = "",
    batchUrl = "/",
    manualUrl = "/",
    returnUrl = "/",
  } = root.dataset;
  const given = new GivenWithPage<DeskData>("desk-data");
  const worker = navigator.serviceWorker as ServiceWorkerContainer | undefined;
  const along = new Along({
    ...{ userId, batchId, worker: worker ?? null, isCopy: "copy" in root.dataset },
    url: location.pathname,
    storage: storageOrNull(() => localStorage),
    load: () => import("./kept/kept"),
  });
  const distinctUrl = `/api/v1/batches/${batchId}/distinct`;
  const desk = new Desk({
    along,
    batchId,
    userId,
    messages: messagesFor(pageLanguage()),
    load: async () => given.take() ?? get<DeskData>(`/api/v1/batches/${batchId}/desk`),
    standing: () => get<Standing>(`/api/v1/batches/${batchId}/standing`),
    work: () =>
      request<NextBatch>("/api/v1/work", { method: "POST", body: { beside: Number(batchId) } }),
    go: (url) => location.assign(url),
    distinct: {
      near: () => get<Near>(`/api/v1/batches/${batchId}/near`),
      say: (pairs) => request(distinctUrl, { method: "POST", body: { pairs: named(pairs) } }),
      takeBack: (pairs) =>
        request(
          `${distinctUrl}?${named(pairs)
            .map((pair) => `pairs=${pair}`)
            .join("&")}`,
          {
            method: "DELETE",
          },
        ),
    },
    told: (itemId) => request<Told>(`/api/v1/items/${itemId}/told`, { method: "POST" }),
    asking: {
      list: () => request<PinnedQuestions>(`/api/v1/batches/${batchId}/questions`),
      ask: (itemId, text, picture) =>
        request<PinnedQuestion>(`/api/v1/items/${itemId}/question`, {
          method: "PUT",
          body: { text, picture },
        }),
      withdraw: (itemId) => request(`/api/v1/items/${itemId}/question`, { method: "DELETE" }),
    },
    lease: () =>
      request(`/api/v1/batches/${batchId}/lease`, {
        timeoutMs: 4000,
        heard: (headers) => along.heard(headers),
      }),
    forget: forgetPictures,
    makeImage: imagesWith(first),
    send: sendVote,
    kept: storageOrNull(() => localStorage),
    keptByTab: storageOrNull(() => sessionStorage),
    alone: aloneAmongTabs(),
    shelf: async () => (await import("./kept/kept")).openShelf(userId, batchId),
  });
  root.replaceChildren();
  const addresses = { batchUrl, manualUrl, returnUrl };
  const keys = new OwnKeys(
    storageOrNull(() => localStorage),
    userId,
  );
  render(<Screen desk={desk} actions={deskActions(desk, keys)} addresses={addresses} />, root);
  if (worker) sendWithoutPage(desk, worker);
  addEventListener("storage", (event) => desk.heard(event.key));
  addEventListener("online", () => desk.wake());
  addEventListener("focus", () => desk.wake());
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) desk.wake();
  });
  addEventListener("beforeunload", (event) => {
    if (desk.sending.couldLose) event.preventDefault();
  });
  void desk.open();
}

/** Pairs as the API names them. */
function named(pairs: readonly Pair[]): string[] {
  return pairs.map((pair) => pair.join("-"));
}

/** Sends what is left when the line is back, also when no page is open any more. */
function sendWithoutPage(desk: Desk, worker: ServiceWorkerContainer): void {
  desk.sending.now.subscribe(({ state }) => {
    if (state !== "offline" && state !== "waiting") return;
    void worker.ready
      .then((registration) => (registration as Syncing).sync?.register("votes"))
      .catch(() => undefined); // Refused: then whatever page is opened next sends them.
  });
}

/** Not all browsers have it. */
interface Syncing extends ServiceWorkerRegistration {
  readonly sync?: { register(tag: string): Promise<void> };
}

const root = document.getElementById("desk");
if (root) void start(root);
