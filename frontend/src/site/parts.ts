import { pageLanguage } from "../shared/language";
import { messagesFor } from "../shared/messages";

/** What was clicked, or the nearest thing around it, that carries `attribute`. */
function clicked(event: Event, attribute: string): HTMLElement | null {
  const target = event.target instanceof Element ? event.target : null;
  return target?.closest<HTMLElement>(`[${attribute}]`) ?? null;
}

/** An open menu closes on Escape and on a click anywhere else. */
export function closeMenusOnLeave(): void {
  const openMenus = () => document.querySelectorAll<HTMLDetailsElement>("details.menu[open]");
  document.addEventListener("click", (event) => {
    for (const menu of openMenus()) {
      if (!(event.target instanceof Node && menu.contains(event.target))) menu.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of openMenus()) {
      menu.open = false;
      menu.querySelector("summary")?.focus();
    }
  });
}

/** On a phone the tabs scroll sideways: the one we are on is in view. */
export function showCurrentTab(): void {
  const tab = document.querySelector<HTMLElement>("nav.tabs [aria-current=page]");
  const tabs = tab?.closest<HTMLElement>("nav.tabs");
  if (!tab || !tabs) return;
  tabs.scrollLeft = tab.offsetLeft - tabs.offsetLeft - (tabs.clientWidth - tab.offsetWidth) / 2;
  const tell = () => {
    const left = tabs.scrollWidth - tabs.clientWidth - tabs.scrollLeft;
    tabs.dataset.more = [tabs.scrollLeft > 1 ? "before" : "", left > 1 ? "after" : ""]
      .filter(Boolean)
      .join(" ");
  };
  tabs.addEventListener("scroll", tell, { passive: true });
  window.addEventListener("resize", tell);
  tell();
}

/** `g` goes to the field that asks for a picture's number, from wherever nothing is typed. */
export function goToNumberOnKey(): void {
  document.addEventListener("keydown", (event) => {
    const field = document.querySelector<HTMLInputElement>("input[data-go-to]");
    if (event.key !== "g" || !field || isTyping(event) || event.defaultPrevented) return;
    event.preventDefault();
    field.focus();
    field.select();
  });
}

function isTyping(event: KeyboardEvent): boolean {
  const at = event.target instanceof Element ? event.target : null;
  const isField = at?.closest("input, textarea, select, [contenteditable], dialog[open]") != null;
  return isField || event.ctrlKey || event.metaKey || event.altKey || event.isComposing;
}

export function dismissMessages(): void {
  document.addEventListener("click", (event) => {
    clicked(event, "data-dismiss")?.closest(".message")?.remove();
  });
}

/** `data-dialog="id"` opens that dialog; `data-dialog-close` inside one closes it. */
export function openDialogsOnClick(): void {
  document.addEventListener("click", (event) => {
    const opener = clicked(event, "data-dialog");
    const dialog = opener && document.getElementById(opener.dataset.dialog ?? "");
    if (dialog instanceof HTMLDialogElement) dialog.showModal();
    const closer = clicked(event, "data-dialog-close")?.closest("dialog");
    closer?.close();
    // A click on the veil hits the dialog itself, never the article in it.
    if (event.target instanceof HTMLDialogElement) event.target.close();
  });
}

/** `data-copy="text"` copies it and says so in its own label for a moment. */
export function copyOnClick(): void {
  document.addEventListener("click", async (event) => {
    const button = clicked(event, "data-copy");
    if (!button || button.dataset.copied !== undefined) return;
    try {
      await navigator.clipboard.writeText(button.dataset.copy ?? "");
    } catch {
      return; // No permission, or a page without TLS: the text stays there to be selected.
    }
    const label = button.textContent;
    button.dataset.copied = "";
    button.textContent = messagesFor(pageLanguage()).say("copied");
    setTimeout(() => {
      button.textContent = label;
      delete button.dataset.copied;
    }, 1500);
  });
}
