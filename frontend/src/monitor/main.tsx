import "./monitor.css";
import { render } from "preact";
import { request } from "../shared/api";
import { pageLanguage } from "../shared/language";
import { listenToKeys } from "../shared/listen";
import { messagesFor } from "../shared/messages";
import { MONITOR_TEXTS } from "../shared/texts/monitor";
import { monitorActions } from "./actions";
import type { Run } from "./contract";
import { Monitor } from "./monitor";
import { Screen } from "./views/screen";

function start(root: HTMLElement): void {
  const run = JSON.parse(document.getElementById("run-now")?.textContent ?? "null") as Run | null;
  if (!run) return;
  const address = `/api/v1/runs/${run.id}`;
  const monitor = new Monitor({
    run,
    messages: messagesFor(pageLanguage(), MONITOR_TEXTS),
    readRun: () => request(address),
    readLosses: (after) => request(`${address}/losses?after=${after}`),
    send: (command) => request(`${address}/${command}`, { method: "POST" }),
  });
  const { nameA = "A", nameB = "B" } = root.dataset;
  const actions = monitorActions(monitor);
  const names = { a: nameA, b: nameB };
  render(<Screen monitor={monitor} actions={actions} names={names} />, root);
  listenToKeys({ actions: () => actions.all });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) monitor.rest();
    else void monitor.watch();
  });
  void monitor.watch();
}

const root = document.getElementById("monitor");
if (root) start(root);
