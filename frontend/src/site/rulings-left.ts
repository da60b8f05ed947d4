/** Names the rulings that a closed tab left on this device, and leads to where they are sent. */
import { Outbox, type Pending, subjectsWithUnsent } from "../desk/sending/outbox";
import { pageLanguage } from "../shared/language";
import { messagesFor } from "../shared/messages";

export function nameRulings(userId: string): void {
  const { say } = messagesFor(pageLanguage());
  for (const subjectId of subjectsWithUnsent(localStorage, userId)) {
    const left = new Outbox(localStorage, userId, subjectId, "ruling").all();
    if (left.length === 0) continue;
    const box = document.createElement("div");
    box.className = "notice notice--warn";
    const words = document.createElement("p");
    words.textContent = say("earlierRulings", { count: left.length });
    box.append(words);
    const page = pageOf(left);
    if (page) {
      const way = document.createElement("a");
      way.className = "button button--small";
      way.href = page;
      way.textContent = say("openRulings");
      box.append(way);
    }
    document.querySelector(".toasts")?.append(box);
  }
}

/** Where the newest was made; never an address of another site. */
function pageOf(left: readonly Pending[]): string | null {
  const page = left.at(-1)?.page;
  return page && /^\/(?!\/)/.test(page) ? page : null;
}
