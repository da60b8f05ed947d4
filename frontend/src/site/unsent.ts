/**
 * Votes that a closed tab left on this device are sent from whatever page the same person opens
 * next, and those that were refused are shown until they decide. Most pages find nothing and load
 * nothing.
 */
import { pageLanguage } from "../shared/language";
import { type Messages, messagesFor } from "../shared/messages";

const MARK = "winnow.vote.";

export function startSendingWhatIsLeft(): void {
  const { userId } = document.body.dataset;
  // The desk sends its own.
  if (!userId || document.getElementById("desk") || !hasVotesOf(userId)) return;
  void sendAll(userId);
}

function hasVotesOf(userId: string): boolean {
  try {
    return Object.keys(localStorage).some((key) => key.startsWith(`${MARK}${userId}.`));
  } catch {
    return false;
  }
}

async function sendAll(userId: string): Promise<void> {
  const [{ batchesWithUnsent, Outbox }, { aloneAmongTabs, Sender }, { sendVote }, says] =
    await Promise.all([
      import("../desk/sending/outbox"),
      import("../desk/sending/sender"),
      import("../desk/sending/votes-api"),
      import("../desk/core/says"),
    ]);
  const messages = messagesFor(pageLanguage());
  for (const batchId of batchesWithUnsent(localStorage, userId)) {
    let stored = 0;
    const outbox = new Outbox(localStorage, userId, batchId);
    const waitsForDecision = notice("stop");
    const sender = new Sender({
      outbox,
      send: sendVote,
      alone: aloneAmongTabs(),
      onAccepted: () => stored++,
      onRefused: () => undefined,
      onChange: (unsent, _, refused) => {
        if (unsent > 0) return;
        if (stored > 0) sayStored(messages, stored);
        stored = 0;
        waitsForDecision.remove();
        const code = refused[0]?.refused;
        if (code === undefined) return;
        const why = says.refusalInWords(messages, code);
        show(waitsForDecision, messages.say("earlierRefused", { count: refused.length, why }));
        const row = document.createElement("div");
        row.className = "row";
        waitsForDecision.append(row);
        row.append(
          button(messages.say("tryAgain"), () => {
            outbox.retryRefused();
            sender.kick();
          }),
          button(messages.say("letGo"), () => {
            if (!confirm(messages.say("letGoSure", { count: refused.length }))) return;
            outbox.letRefusedGo();
            sender.kick();
          }),
        );
      },
    });
    addEventListener("online", () => sender.wake());
    sender.kick();
  }
}

function sayStored({ say }: Messages, count: number): void {
  const box = notice("ok");
  show(box, say("earlierSent", { count }));
  setTimeout(() => box.remove(), 8000);
}

function notice(tone: "ok" | "stop"): HTMLElement {
  const box = document.createElement("div");
  box.className = `notice notice--${tone}`;
  return box;
}

function show(box: HTMLElement, text: string): void {
  const words = document.createElement("p");
  words.textContent = text;
  box.replaceChildren(words);
  document.querySelector(".toasts")?.append(box);
}

function button(label: string, perform: () => void): HTMLElement {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "button button--small";
  made.textContent = label;
  made.addEventListener("click", perform);
  return made;
}
