import { useEffect } from "preact/hooks";
import { buttonOf, signFor } from "../../shared/actions";
import { counts } from "../core/reads";
import type { Desk } from "../desk";
import { useDesk } from "./context";
import { AnswersLater } from "./pinned-later";
import { Return } from "./return";

/** After the last picture: what was cast, what is left, where to go. */
export function End() {
  const { desk, actions, addresses, say } = useDesk();
  const { resume, lookAgain, goOn } = actions;
  const { total, left, skipped, keep, reject, unsure } = counts(desk.session);
  const { unsent } = desk.sending.now.value;
  const refused = desk.sending.refused.value.length;
  const third = unsent === 0 ? (desk.howFar.standing.value?.third_wanted ?? 0) : 0;
  // A key that bounces on the last picture does not go on.
  useEffect(() => desk.moment.begin(), [desk]);
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
      <p class="desk-end__said" role="status">
        {goingOnInWords(desk)}
      </p>
      {desk.howFar.standing.value?.rest && <p>{say("rest")}</p>}
      <AnswersLater />
      <div class="row">
        {resume.enabled && (
          <button {...buttonOf(resume)} class="button button--primary button--big">
            {resume.label} <kbd>{signFor(resume)}</kbd>
          </button>
        )}
        {goOn.enabled && (
          <button {...buttonOf(goOn)} class="button button--primary button--big">
            {goOn.label} <kbd>{signFor(goOn)}</kbd>
          </button>
        )}
        <Return look={goOn.enabled || left > 0 ? "button--big" : "button--primary button--big"} />
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

/** What came of going on, where it did not lead to another page. */
function goingOnInWords({ goingOn, messages }: Desk): string {
  switch (goingOn.state.value) {
    case "nothing_open":
    case "had_enough":
    case "others_hold_it":
    case "all_judged":
      return messages.say(goingOn.state.value);
    case "offline":
      return messages.say("goingOnOffline");
    default:
      return "";
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
