import { paddedNumber } from "../../desk/core/contract";
import { refusalInWords } from "../../desk/core/says";
import type { Judge } from "../judge";

/** Always there, so that nothing moves; what waits is counted until it is stored. */
export function Unsent({ judge }: { judge: Judge }) {
  const { say } = judge.messages;
  const { unsent, state } = judge.sending.now.value;
  if (unsent === 0) return <p class="ruling__sent muted">{say("rulingsStored")}</p>;
  const tone = state === "sending" ? "busy" : "warn";
  return (
    <p class={`ruling__sent badge badge--${tone}`}>{say("rulingsUnsent", { count: unsent })}</p>
  );
}

/** Rulings that the server did not take stay until the person decides what becomes of them. */
export function Refused({ judge }: { judge: Judge }) {
  const { say } = judge.messages;
  const refused = judge.sending.refused.value;
  if (refused.length === 0) return null;
  return (
    <section class="ruling__refused notice notice--stop" role="alert">
      <p class="notice__title">{say("rulingsRefused", { count: refused.length })}</p>
      <ul class="small">
        {refused.map(({ itemId, place, refused: code = "" }) => (
          <li key={itemId}>
            <span class="mono">{paddedNumber(place ?? 0)}</span> {why(judge, code)}
          </li>
        ))}
      </ul>
      <div class="row">
        <button
          type="button"
          class="button button--small"
          onClick={() => judge.sending.retryRefused()}
        >
          {say("tryAgain")}
        </button>
        <button
          type="button"
          class="button button--small"
          onClick={() => judge.sending.letRefusedGo()}
        >
          {say("letGo")}
        </button>
      </div>
    </section>
  );
}

function why({ messages }: Judge, code: string): string {
  if (code === "ruled_meanwhile") return messages.say("ruledMeanwhile");
  if (code === "reason_not_used") return messages.say("rulingReasonNotUsed");
  return refusalInWords(messages, code);
}
