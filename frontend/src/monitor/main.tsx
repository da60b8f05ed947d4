import "./monitor.css";
import { render } from "preact";
import { request } from "../shared/api";
import { pageLanguage } from "../shared/language";
import { messagesFor } from "../shared/messages";
import type { Run } from "./contract";
import { wishOf } from "./keys";
import { Monitor } from "./monitor";
import { Screen } from "./views/screen";

function start(root: HTMLElement): void {
  const run = JSON.parse(document.getElementById("run-now")?.textContent ?? "null") as Run | null;
  if (!run) return;
  const address = `/api/v1/runs/${run.id}`;
  const monitor = new Monitor({
    run,
    messages: messagesFor(pageLanguage()),
    readRun: () => request(address),
    readLosses: (after) => request(`${address}/losses?after=${after}`),
    send: (command) => request(`${address}/${command}`, { method: "POST" }),
  });
  const { nameA = "A", nameB = "B" } = root.dataset;
  render(<Screen monitor={monitor} names={{ a: nameA, b: nameB }} />, root);
  document.addEventListener("keydown", (event) => {
    const wish = wishOf(event);
    if (!wish) return;
    event.preventDefault();
    if (wish === "mask") monitor.toggleMask();
    else void monitor.ask(wish);
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) monitor.rest();
    else void monitor.watch();
  });
  void monitor.watch();
}

const root = document.getElementById("monitor");
if (root) start(root);
