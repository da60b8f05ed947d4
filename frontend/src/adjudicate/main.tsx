import "./adjudicate.css";
import { render } from "preact";
import { storageOrNull } from "../desk/sending/outbox";
import { aloneAmongTabs } from "../desk/sending/sender";
import { GivenWithPage, get } from "../shared/api";
import { pageLanguage } from "../shared/language";
import { listenToKeys } from "../shared/listen";
import { messagesFor } from "../shared/messages";
import { OwnKeys } from "../shared/own-keys";
import { judgeActions } from "./actions";
import type { Cases, RoomData } from "./contract";
import { Judge } from "./judge";
import { sendRuling } from "./rulings-api";
import { Room } from "./views/room";

function start(root: HTMLElement, room: RoomData): void {
  const { userId = "", subjectId = "", casesUrl = "", backUrl = "/", name = "" } = root.dataset;
  const judge = new Judge({
    userId,
    subjectId,
    room,
    pageOf: (number) => location.pathname.replace(/(\/\d+)?\/$/, `/${number}/`),
    messages: messagesFor(pageLanguage()),
    send: sendRuling,
    kept: storageOrNull(() => localStorage),
    alone: aloneAmongTabs(),
    more: (after) => get<Cases>(`${casesUrl}?after=${after}`),
    onHidden: () => location.reload(),
  });
  const keys = new OwnKeys(
    storageOrNull(() => localStorage),
    userId,
  );
  const actions = judgeActions(judge, keys);
  document.body.classList.add("ruling-page");
  root.replaceChildren();
  render(<Room judge={judge} actions={actions} backUrl={backUrl} name={name} />, root);
  listenToKeys({ actions: () => actions.all });
  addEventListener("keydown", () => hand("key"), true);
  addEventListener("pointerdown", () => hand("pointer"), true);
  addEventListener("online", () => judge.sending.wake());
  addEventListener("focus", () => judge.sending.wake());
  addEventListener("beforeunload", (event) => {
    if (judge.sending.now.value.unsent > 0) event.preventDefault();
  });
  judge.open();

  function hand(used: "key" | "pointer"): void {
    judge.moment.hand = used;
  }
}

const root = document.getElementById("ruling-room");
const given = new GivenWithPage<RoomData>("ruling-data").take();
if (root && given?.kind === "ok") start(root, given.data);
