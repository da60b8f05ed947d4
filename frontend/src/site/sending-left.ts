/** Sends what `unsent.ts` has found, and says what came of it. */
import type { DeskData } from "../desk/core/contract";
import { refusalInWords } from "../desk/core/says";
import { curedBy, isCurable } from "../desk/sending/cured";
import { batchesWithUnsent, Outbox, shelfMark, type VoteShelf } from "../desk/sending/outbox";
import { saveVotes } from "../desk/sending/saved-file";
import { aloneAmongTabs, Sender } from "../desk/sending/sender";
import { sendVote } from "../desk/sending/votes-api";
import { get } from "../shared/api";
import { pageLanguage } from "../shared/language";
import { type Messages, messagesFor } from "../shared/messages";

export async function sendAll(userId: string): Promise<void> {
  const { batchesOnShelves, openShelf } = await import("../desk/kept/kept");
  const shelved = await batchesOnShelves(userId);
  if (shelved.length === 0) localStorage.removeItem(shelfMark(userId));
  const batches = new Set([...batchesWithUnsent(localStorage, userId), ...shelved]);
  await Promise.all([...batches].map((batchId) => sendBatch(userId, batchId, openShelf)));
}

async function sendBatch(
  userId: string,
  batchId: string,
  openShelf: (userId: string, batchId: string) => Promise<VoteShelf | null>,
): Promise<void> {
  const messages = messagesFor(pageLanguage());
  let stored = 0;
  const outbox = new Outbox(localStorage, userId, batchId);
  const shelf = await openShelf(userId, batchId);
  if (shelf) await outbox.reach(shelf).catch(() => undefined);
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
      if (refused.length === 0) return;
      const codes = new Set(refused.map((pending) => pending.refused ?? ""));
      const space = messages.language === "en" ? " " : "";
      const why = [...codes].map((code) => refusalInWords(messages, code)).join(space);
      show(waitsForDecision, messages.say("earlierRefused", { count: refused.length, why }));
      const row = document.createElement("div");
      row.className = "row";
      waitsForDecision.append(row);
      row.append(
        button(messages.say("tryAgain"), () => {
          outbox.retryRefused();
          sender.kick();
        }),
        button(messages.say("saveVotes"), () => saveVotes(refused, { userId, batchId })),
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
  if (outbox.refused().some(isCurable)) void sendWhatIsCured(batchId, outbox, sender);
}

/** Whoever was given the batch again need not ask for it. */
async function sendWhatIsCured(batchId: string, outbox: Outbox, sender: Sender): Promise<void> {
  const answer = await get<DeskData>(`/api/v1/batches/${batchId}/desk`);
  if (answer.kind !== "ok") return;
  outbox.retryRefused(curedBy(answer.data.items));
  sender.kick();
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
