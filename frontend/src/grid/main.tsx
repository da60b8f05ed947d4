import "./grid.css";
import "./viewer.css";
import { render } from "preact";
import { get, request } from "../shared/api";
import { pageLanguage } from "../shared/language";
import { listenToKeys } from "../shared/listen";
import { messagesFor } from "../shared/messages";
import { GRID_TEXTS } from "../shared/texts/grid";
import { gridActions } from "./actions";
import type { FilterKey, Setting } from "./core/contract";
import { FILTERS, queryOf, questionOf } from "./core/question";
import { Grid } from "./grid";
import { Screen } from "./views/screen";

function start(root: HTMLElement): void {
  const setting = JSON.parse(document.getElementById("grid-setting")?.textContent ?? "null");
  if (!setting) return;
  const grid = gridOf(setting);
  render(<Screen grid={grid} setting={setting} />, root);
  listenToKeys({ actions: () => gridActions(grid) });
  // The browser would scroll before there is anything to scroll to.
  history.scrollRestoration = "manual";
  void grid.open(Number(history.state?.position) || 0);
  window.addEventListener("pagehide", () => {
    history.replaceState({ position: grid.active.value }, "");
  });
}

function gridOf(setting: Setting): Grid {
  return new Grid({
    question: questionOf(new URLSearchParams(location.search), (key, value) =>
      knownChoice(setting, key, value),
    ),
    messages: messagesFor(pageLanguage(), GRID_TEXTS),
    read: (path, query) => get(`${setting.api}${path}${query.size > 0 ? `?${query}` : ""}`),
    send: (path, body) => request(`${setting.api}${path}`, { method: "POST", body }),
    onAsk: (question) => {
      const query = queryOf(question).toString();
      history.replaceState(history.state, "", query ? `?${query}` : location.pathname);
    },
  });
}

/** A choice by its value, or by its words, as addresses of a source name it. */
function knownChoice(setting: Setting, key: FilterKey, given: string): string | null {
  if (!given) return null;
  const own = FILTERS[key];
  if (own) return own.includes(given) ? given : null;
  const choices = setting.choices[key] ?? [];
  const known = choices.find(({ value }) => value === given);
  return (known ?? choices.find(({ name }) => name === given))?.value ?? null;
}

const root = document.getElementById("grid");
if (root) start(root);
