import { pageLanguage } from "../shared/language";
import { messagesFor } from "../shared/messages";

function button(label: string, className: string): HTMLButtonElement {
  const element = document.createElement("button");
  element.type = "submit";
  element.textContent = label;
  element.className = className;
  return element;
}

function ask(question: string, act: string, onYes: () => void): void {
  const { say } = messagesFor(pageLanguage());
  const dialog = document.createElement("dialog");
  const article = document.createElement("article");
  const text = document.createElement("p");
  text.textContent = question;
  const form = document.createElement("form");
  form.method = "dialog";
  const foot = document.createElement("footer");
  const no = button(say("cancel"), "button button--quiet");
  const yes = button(act, "button button--danger");
  yes.value = "yes";
  foot.append(no, yes);
  form.append(text, foot);
  article.append(form);
  dialog.append(article);
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (dialog.returnValue === "yes") onYes();
  });
  document.body.append(dialog);
  dialog.showModal();
  no.focus();
}

/** A form with `data-confirm="question"` asks before it is sent. */
export function confirmBeforeSubmit(): void {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement)) return;
    const question = form.dataset.confirm;
    if (question === undefined || form.dataset.confirmed !== undefined) return;
    event.preventDefault();
    const submitter = event.submitter;
    const act = submitter?.textContent?.trim() || messagesFor(pageLanguage()).say("confirm");
    ask(question, act, () => {
      form.dataset.confirmed = "";
      form.requestSubmit(submitter);
    });
  });
}

/** A form that answers with a download leaves the page standing: it may be sent again later. */
const SENT_FOR_MS = 8000;

function sendableAgain(form: HTMLFormElement): void {
  delete form.dataset.sent;
  delete form.dataset.confirmed;
  for (const busy of form.querySelectorAll("[aria-busy]")) busy.removeAttribute("aria-busy");
}

/** A second press while the first is under way sends nothing twice. */
export function submitOnlyOnce(): void {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || event.defaultPrevented) return;
    if (form.method === "dialog") return;
    if (form.dataset.sent !== undefined) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "";
    event.submitter?.setAttribute("aria-busy", "true");
    setTimeout(() => sendableAgain(form), SENT_FOR_MS);
  });
  // Coming back by the browser's own button shows the page as it was left.
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll<HTMLFormElement>("form[data-sent]")) {
      sendableAgain(form);
    }
  });
}
