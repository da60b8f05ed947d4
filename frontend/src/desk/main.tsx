import "./desk.css";
import { render } from "preact";
import { get, request } from "../shared/api";
import { pageLanguage } from "../shared/language";
import { messagesFor } from "../shared/messages";
import { forgetPictures } from "../shared/pictures";
import type { DeskData, Standing } from "./core/contract";
import { Desk } from "./desk";
import { deskActions } from "./input/actions";
import { storageOrNull } from "./sending/outbox";
import { aloneAmongTabs } from "./sending/sender";
import { sendVote } from "./sending/votes-api";
import { Screen } from "./views/screen";

function start(root: HTMLElement): void {
  const {
    batchId = "",
    userId = "",
    batchUrl = "/",
    manualUrl = "/",
    returnUrl = "/",
  } = root.dataset;
  const desk = new Desk({
    batchId,
    userId,
    messages: messagesFor(pageLanguage()),
    load: () => get<DeskData>(`/api/v1/batches/${batchId}/desk`),
    standing: () => get<Standing>(`/api/v1/batches/${batchId}/standing`),
    lease: () => request(`/api/v1/batches/${batchId}/lease`, { timeoutMs: 4000 }),
    forget: forgetPictures,
    send: sendVote,
    kept: storageOrNull(() => localStorage),
    keptByTab: storageOrNull(() => sessionStorage),
    alone: aloneAmongTabs(),
  });
  root.replaceChildren();
  const addresses = { batchUrl, manualUrl, returnUrl };
  render(<Screen desk={desk} actions={deskActions(desk)} addresses={addresses} />, root);
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

const root = document.getElementById("desk");
if (root) start(root);
