/** The keys on the page of duplicates: one group after the other, one key each. */
import { type Action, shortcutsOf } from "../shared/actions";
import { listenToKeys } from "../shared/listen";
import type { Messages } from "../shared/messages";

/** An action whose control the server has written into the page, where there is one. */
interface Settling extends Action {
  readonly control: HTMLElement | null;
}

const MOST_DIGITS = 9;

/** What can be done with the group that is current, and how to come to the others. */
export function groupActions(page: Document, { say }: Messages): Settling[] {
  const groups = [...page.querySelectorAll<HTMLFormElement>("form[data-group]")];
  const place = Math.max(0, groups.findIndex(isCurrent));
  const group = groups[place] ?? null;
  const radios = [...(group?.querySelectorAll<HTMLInputElement>("input[name=best]") ?? [])];
  const undo = page.querySelector<HTMLButtonElement>("button[data-undo]");
  const { distinct, keep } = buttonsOf(group);
  return [
    { id: "keep", label: say("keep"), keys: ["K"], ...pressing(keep) },
    { id: "distinct", label: say("distinct"), keys: ["D"], ...pressing(distinct) },
    { id: "undo", label: say("undo"), keys: ["U"], ...pressing(undo) },
    ...radios.slice(0, MOST_DIGITS).map(choosing),
    { id: "back", label: say("previous"), ...walking(["ArrowLeft", "ArrowUp"], groups[place - 1]) },
    { id: "on", label: say("forward"), ...walking(["ArrowRight", "ArrowDown"], groups[place + 1]) },
  ];
}

/** Hears the keyboard, and says at the controls of each group which keys they have. */
export function listenToGroups(page: Document, messages: Messages): () => void {
  const first = page.querySelector<HTMLFormElement>("form[data-group]");
  if (first) beCurrent(first);
  for (const action of groupActions(page, messages)) {
    for (const [name, keys] of Object.entries(shortcutsOf(action))) {
      action.control?.setAttribute(name, keys);
    }
  }
  // Who works with mouse or finger makes a group current by touching it.
  const follow = (event: Event) => {
    const group = event.target instanceof Element ? event.target.closest("form[data-group]") : null;
    if (group instanceof HTMLFormElement) beCurrent(group);
  };
  page.addEventListener("focusin", follow);
  const stop = listenToKeys({ actions: () => groupActions(page, messages) });
  return () => {
    page.removeEventListener("focusin", follow);
    stop();
  };
}

function isCurrent(group: HTMLElement): boolean {
  return group.getAttribute("aria-current") === "true";
}

function beCurrent(group: HTMLElement): void {
  for (const other of group.ownerDocument.querySelectorAll("form[data-group][aria-current]")) {
    other.removeAttribute("aria-current");
  }
  group.setAttribute("aria-current", "true");
}

function buttonsOf(group: HTMLElement | null) {
  return {
    keep: group?.querySelector<HTMLButtonElement>("button[data-keep]") ?? null,
    distinct: group?.querySelector<HTMLButtonElement>("button[data-distinct]") ?? null,
  };
}

function choosing(radio: HTMLInputElement, index: number): Settling {
  return {
    id: `best-${radio.value}`,
    label: radio.value,
    keys: [String(index + 1)],
    control: radio,
    enabled: true,
    perform() {
      radio.checked = true;
    },
  };
}

function pressing(button: HTMLButtonElement | null) {
  return {
    control: button,
    enabled: button !== null,
    perform: () => button?.form?.requestSubmit(button),
  };
}

function walking(keys: readonly string[], group: HTMLFormElement | undefined) {
  return {
    keys,
    control: null,
    repeats: true,
    enabled: group !== undefined,
    perform() {
      if (!group) return;
      beCurrent(group);
      group.focus({ preventScroll: true });
      group.scrollIntoView({ block: "center", behavior: "smooth" });
    },
  };
}
