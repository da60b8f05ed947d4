import { numberOf, refusalInWords } from "../core/says";
import type { RefusedVote } from "../core/state";
import { useDesk } from "./context";

/** Votes the server would not take: which, why, and that the rest is safe. */
export function Refusals() {
  const { desk, say } = useDesk();
  const session = desk.session;
  if (session.refusals.length === 0) return null;
  const byCode = new Map<string, RefusedVote[]>();
  for (const refusal of session.refusals) {
    byCode.set(refusal.code, [...(byCode.get(refusal.code) ?? []), refusal]);
  }
  return (
    <div class="notice notice--stop desk-notice" role="alert">
      <p class="notice__title">{say("refusedTitle")}</p>
      {[...byCode].map(([code, refused]) => (
        <p key={code}>
          {say("refusedOne", {
            numbers: refused.map(({ itemId }) => numberOf(session, itemId)).join(" "),
            why: refusalInWords(desk.messages, code),
          })}
        </p>
      ))}
      <p>
        {session.closed === null && say("refusedKept")}{" "}
        <button
          type="button"
          class="button button--small"
          onClick={() => desk.happen({ type: "refusalsRead" })}
        >
          {say("close")}
        </button>
      </p>
    </div>
  );
}

export function ClosedNotice() {
  const { desk, addresses, say } = useDesk();
  const { closed, refusals } = desk.session;
  if (closed === null || refusals.length > 0) return null;
  return (
    <div class="notice notice--warn desk-notice">
      <p>
        <strong>{say("closedTitle")}</strong> · {refusalInWords(desk.messages, closed)}{" "}
        {say("closedText")} <a href={addresses.batchUrl}>{say("backToBatch")}</a>
      </p>
    </div>
  );
}

export function CannotOpen({ code }: { code: string }) {
  const { desk, addresses, say } = useDesk();
  return (
    <div class="empty desk-end" role="alert">
      <h1 class="empty__title">{say("cannotOpen")}</h1>
      <p>{refusalInWords(desk.messages, code)}</p>
      <p class="row">
        <button type="button" class="button button--primary" onClick={() => void desk.open()}>
          {say("tryAgain")}
        </button>
        <a class="button" href={addresses.batchUrl}>
          {say("backToBatch")}
        </a>
      </p>
    </div>
  );
}
