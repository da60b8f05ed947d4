/** The desk's keys, for what the server has written into the page: each control names its own. */

import { type Action, shortcutsOf, signFor } from "../shared/actions";
import type { OwnKeys } from "../shared/own-keys";

/**
 * An action for each control of the page, with the key that its person gave it on the desk. The
 * control shows its key from now on: where no script runs, keys press nothing.
 */
export function pageActions(page: Document, keys: OwnKeys): Action[] {
  const controls = [...page.querySelectorAll<HTMLElement>("[data-act][aria-keyshortcuts]")];
  return controls.map((control) => {
    const action = keys.giveTo(pressing(control));
    for (const drawn of control.querySelectorAll("kbd")) drawn.hidden = false;
    if (action.keys[0] !== control.getAttribute("aria-keyshortcuts")) say(action, control);
    return action;
  });
}

function pressing(control: HTMLElement): Action {
  return {
    id: control.dataset.act ?? "",
    label: control.textContent?.trim() ?? "",
    keys: [control.getAttribute("aria-keyshortcuts") ?? ""],
    enabled: true,
    perform: () => control.click(),
  };
}

function say(action: Action, control: HTMLElement): void {
  for (const [name, keys] of Object.entries(shortcutsOf(action))) control.setAttribute(name, keys);
  const drawn = control.querySelector("kbd");
  if (drawn) drawn.textContent = signFor(action);
}
