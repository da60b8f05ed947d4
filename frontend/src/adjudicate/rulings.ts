/** The desk's keys on the page of a contested picture: the same hand settles as judged. */
import type { Reason } from "../desk/core/contract";
import { REASONS } from "../desk/core/reasons";
import { type Command, meaningOf } from "../desk/input/keys";

const TYPING = "input:not([type=checkbox]), textarea, select, [contenteditable]";
const PRESSABLE = "a, button, summary";

/** Hears the keyboard. Where there is no form to settle with, arrows still work. */
export function listenForRulings(page: Document): void {
  page.addEventListener("keydown", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    const meaning = meaningOf(event);
    if (!meaning || target?.closest(TYPING) || page.querySelector("dialog[open]")) return;
    if (event.key === "Enter" && target?.closest(PRESSABLE)) return;
    const form = page.querySelector<HTMLFormElement>("form#ruling");
    const done =
      meaning.kind === "reason"
        ? rejectFor(form, meaning.reason, meaning.several)
        : obey(page, form, meaning.command);
    if (done) event.preventDefault();
  });
}

/** A number alone settles at once; with Shift, or once others are ticked, it ticks its own. */
function rejectFor(form: HTMLFormElement | null, reason: Reason, several: boolean): boolean {
  const box = boxes(form).find((each) => each.value === reason);
  if (!box) return false;
  const collecting = several || boxes(form).some((each) => each.checked);
  box.checked = collecting ? !box.checked : true;
  return collecting || press(form, "reject");
}

function obey(page: Document, form: HTMLFormElement | null, command: Command): boolean {
  switch (command) {
    case "keep":
      return press(form, "keep");
    case "confirm":
      return boxes(form).some((box) => box.checked) && press(form, "reject");
    case "cancel":
      for (const box of boxes(form)) box.checked = false;
      return true;
    case "back":
      return follow(page, "prev");
    case "forward":
      return follow(page, "next");
    default:
      return false;
  }
}

function boxes(form: HTMLFormElement | null): HTMLInputElement[] {
  const all = form?.querySelectorAll<HTMLInputElement>("input[name=reasons]") ?? [];
  const known = new Set<string>(REASONS);
  return [...all].filter((box) => known.has(box.value));
}

function press(form: HTMLFormElement | null, verdict: "keep" | "reject"): boolean {
  const button = form?.querySelector<HTMLButtonElement>(`button[value=${verdict}]`);
  if (!form || !button) return false;
  form.requestSubmit(button);
  return true;
}

function follow(page: Document, direction: "prev" | "next"): boolean {
  const link = page.querySelector<HTMLAnchorElement>(`a[rel=${direction}]`);
  link?.click();
  return link !== null;
}
