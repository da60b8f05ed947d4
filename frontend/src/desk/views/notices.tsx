import { refusalInWords, voteInWords } from "../core/says";
import type { Desk } from "../desk";
import type { Pending } from "../sending/outbox";
import { saveVotes } from "../sending/saved-file";
import { useDesk } from "./context";

interface RefusalsProps {
  /** Not over a picture: it stays in its place, and need not be put off. */
  readonly still?: boolean;
}

/** Votes the server would not take: which, why, and what is to become of them. */
export function Refusals({ still = false }: RefusalsProps) {
  const { desk, say } = useDesk();
  const refused = desk.sending.refused.value;
  const { refusals } = desk.panels;
  if (refused.length === 0 || !(still || refusals.value)) return null;
  const byCode = new Map<string, Pending[]>();
  for (const pending of refused) {
    const code = pending.refused ?? "";
    byCode.set(code, [...(byCode.get(code) ?? []), pending]);
  }
  const letGo = () => {
    if (confirm(say("letGoSure", { count: refused.length }))) desk.sending.letRefusedGo();
  };
  return (
    <div
      class={`notice notice--stop desk-notice ${still ? "desk-notice--still" : ""}`}
      role="alert"
    >
      <p class="notice__title">{say("refusedTitle", { count: refused.length })}</p>
      {[...byCode].map(([code, those]) => (
        <p key={code}>
          {say("refusedOne", {
            why: refusalInWords(desk.messages, code),
            votes: votesInWords(desk, those),
          })}
        </p>
      ))}
      <p>{say("refusedKept")}</p>
      <p class="row">
        <button
          type="button"
          class="button button--small"
          onClick={() => desk.sending.retryRefused()}
        >
          {say("tryAgain")}
        </button>
        <button
          type="button"
          class="button button--small"
          onClick={() => saveVotes(refused, desk.origin)}
        >
          {say("saveVotes")}
        </button>
        <button type="button" class="button button--small button--quiet" onClick={letGo}>
          {say("letGo")}
        </button>
        {!still && (
          <button
            type="button"
            class="button button--small button--quiet"
            onClick={() => {
              refusals.value = false;
            }}
          >
            {say("later")}
          </button>
        )}
      </p>
    </div>
  );
}

/** What was said, and of which pictures: "No. 12, 13 · Keep. No. 14 · Reject: drawn." */
function votesInWords(desk: Desk, votes: readonly Pending[]): string {
  const { messages, manual } = desk;
  const byWords = new Map<string, Pending[]>();
  for (const pending of votes) {
    const { vote } = pending;
    const words = vote ? voteInWords(messages, manual, vote) : messages.say("undo");
    byWords.set(words, [...(byWords.get(words) ?? []), pending]);
  }
  const [comma, space] = messages.language === "en" ? [", ", " "] : ["、", ""];
  return [...byWords]
    .map(([vote, those]) => {
      const numbers = those.map(({ place, itemId }) => place ?? itemId).join(comma);
      return messages.say("refusedVote", { vote, numbers });
    })
    .join(space);
}

/** What signing in again would cure. */
const SIGNED_OUT = "not_signed_in";

interface NotOpenProps {
  readonly code: string;
  /** It was open until a moment ago. */
  readonly wasOpen: boolean;
}

/** In place of the pictures: why there are none, and what became of the votes. */
export function NotOpen({ code, wasOpen }: NotOpenProps) {
  const { desk, addresses, say } = useDesk();
  const { unsent } = desk.sending.now.value;
  return (
    <>
      <Refusals still />
      <div class="empty desk-end" role="alert">
        <h1 class="empty__title">{say(wasOpen ? "closedTitle" : "cannotOpen")}</h1>
        <p>{refusalInWords(desk.messages, code)}</p>
        {wasOpen && <p>{say("closedText")}</p>}
        {unsent > 0 && <p>{say("unsentKept", { count: unsent })}</p>}
        <p class="row">
          {code === SIGNED_OUT && (
            <a class="button" href={addresses.batchUrl} target="_blank" rel="noopener">
              {say("signIn")}
            </a>
          )}
          <button type="button" class="button button--primary" onClick={() => void desk.open()}>
            {say("tryAgain")}
          </button>
          {code !== SIGNED_OUT && (
            <a class="button" href="/">
              {say("otherWork")}
            </a>
          )}
        </p>
      </div>
    </>
  );
}
