import { buttonOf, signFor } from "../../shared/actions";
import { csrfToken } from "../../shared/api";
import { counts } from "../core/reads";
import { useDesk } from "./context";

/** After the last picture: what was cast, what is left, where to go. */
export function End() {
  const { desk, actions, addresses, say } = useDesk();
  const { resume, lookAgain } = actions;
  const { total, left, skipped, keep, reject, unsure } = counts(desk.session);
  const { unsent } = desk.sending.now.value;
  const refused = desk.sending.refused.value.length;
  const third = unsent === 0 ? (desk.standing.value?.third_wanted ?? 0) : 0;
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
        {unsent > 0 && say("doneSending", { count: unsent })}
        {unsent === 0 && refused > 0 && say("notAccepted", { count: refused })}
        {unsent === 0 && refused === 0 && total > 0 && say("allSent")}
        {skipped > 0 && total > 0 && <br />}
        {skipped > 0 && total > 0 && say("alreadyFull", { count: skipped })}
        {third > 0 && <br />}
        {third > 0 && say("thirdWanted", { count: third })}
      </p>
      <div class="row">
        {resume.enabled && (
          <button {...buttonOf(resume)} class="button button--primary button--big">
            {resume.label} <kbd>{signFor(resume)}</kbd>
          </button>
        )}
        {left === 0 && <Return />}
        <NextBatch />
        <a class="button button--big" href={addresses.batchUrl}>
          {say("backToBatch")}
        </a>
        {lookAgain.enabled && (
          <button {...buttonOf(lookAgain)} class="button button--quiet button--big">
            {lookAgain.label}
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

/** Returns the batch. It waits for the last vote: after it no vote would be taken. */
function Return() {
  const { desk, addresses, say } = useDesk();
  return (
    <form method="post" action={addresses.returnUrl}>
      <input type="hidden" name="csrfmiddlewaretoken" value={csrfToken(document.cookie)} />
      <input type="hidden" name="person" value={desk.userId} />
      <button
        type="submit"
        class="button button--primary button--big"
        disabled={desk.sending.now.value.unsent > 0}
      >
        {say("returnBatch")}
      </button>
    </form>
  );
}

function NextBatch() {
  const { desk, say } = useDesk();
  const following = desk.standing.value?.next_batch;
  if (!following) return null;
  const { subject, number, left, url } = following;
  return (
    <a class="button button--big" href={url}>
      {say("nextBatch", { subject, number, count: left })}
    </a>
  );
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
