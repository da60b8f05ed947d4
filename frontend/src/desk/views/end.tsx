import { counts } from "../reads";
import { useDesk } from "./context";

/** After the last picture: what was cast, what is left, where to go. */
export function End() {
  const { desk, addresses, say } = useDesk();
  const { total, left, skipped, keep, reject, unsure } = counts(desk.session.value);
  const { unsent } = desk.sending.value;
  return (
    <section class="desk-end">
      <h2 class="desk-end__title">{say(title(total, left))}</h2>
      <p class="lead">{text()}</p>
      {total > 0 && (
        <dl class="desk-end__counts">
          <Count verdict="keep" count={keep} />
          <Count verdict="reject" count={reject} />
          <Count verdict="unsure" count={unsure} />
        </dl>
      )}
      <p class="muted small" role="status">
        {unsent > 0 ? say("doneSending", { count: unsent }) : total > 0 && say("allSent")}
        {skipped > 0 && total > 0 && <br />}
        {skipped > 0 && total > 0 && say("alreadyFull", { count: skipped })}
      </p>
      <div class="row">
        {left > 0 && (
          <button
            type="button"
            class="button button--primary button--big"
            onClick={() => desk.happen({ type: "resumed" })}
          >
            {say("continueJudging")} <kbd>Enter</kbd>
          </button>
        )}
        <a
          class={left > 0 ? "button button--big" : "button button--primary button--big"}
          href={addresses.batchUrl}
        >
          {say("backToBatch")}
        </a>
        {left === 0 && total > 0 && (
          <button
            type="button"
            class="button button--quiet button--big"
            onClick={() => desk.happen({ type: "resumed" })}
          >
            {say("lookAgain")}
          </button>
        )}
      </div>
    </section>
  );

  function text(): string {
    if (total === 0) return say("emptyText");
    return left > 0 ? say("endText", { count: left }) : say("doneText");
  }
}

function title(total: number, left: number): "emptyTitle" | "endTitle" | "doneTitle" {
  if (total === 0) return "emptyTitle";
  return left > 0 ? "endTitle" : "doneTitle";
}

function Count({ verdict, count }: { verdict: "keep" | "reject" | "unsure"; count: number }) {
  const { say } = useDesk();
  return (
    <div>
      <dt>
        <span class={`badge badge--${verdict}`}>{say(verdict)}</span>
      </dt>
      <dd>{count}</dd>
    </div>
  );
}
