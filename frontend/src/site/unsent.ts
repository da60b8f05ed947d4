/**
 * Votes that a closed tab left on this device are sent from whatever page the same person opens
 * next. Most pages find nothing and load nothing.
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
    const refused: string[] = [];
    const sender = new Sender({
      outbox: new Outbox(localStorage, userId, batchId),
      send: sendVote,
      alone: aloneAmongTabs(),
      onAccepted: () => stored++,
      onRefused: (_, code) => refused.push(code),
      onChange: (unsent) => {
        if (unsent > 0) return;
        const [code] = refused;
        const why = code === undefined ? "" : says.refusalInWords(messages, code);
        report(messages, stored, refused.length, why);
        stored = 0;
        refused.length = 0;
      },
    });
    addEventListener("online", () => sender.wake());
    sender.kick();
  }
}

function report({ say }: Messages, stored: number, refused: number, why: string): void {
  if (stored > 0) toast("ok", say("earlierSent", { count: stored }));
  if (refused > 0) toast("stop", say("earlierRefused", { count: refused, why }));
}

function toast(tone: "ok" | "stop", text: string): void {
  const box = document.createElement("p");
  box.className = `notice notice--${tone}`;
  box.textContent = text;
  document.querySelector(".toasts")?.append(box);
  if (tone === "ok") setTimeout(() => box.remove(), 8000);
}
