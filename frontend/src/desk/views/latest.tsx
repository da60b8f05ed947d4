import { buttonOf, signFor } from "../../shared/actions";
import { numberOf, voteInWords } from "../core/says";
import { useDesk } from "./context";

/** What was cast last, with the way to take it back: whoever is quick sees their slips here. */
export function Latest() {
  const { desk, actions, say } = useDesk();
  const session = desk.session;
  const { latest } = session;
  if (!latest) return null;
  const number = numberOf(session, latest.itemId);
  if (latest.undone || !latest.after) {
    return <p class="latest">{say("latestUndone", { number })}</p>;
  }
  return (
    <p class="latest" key={`${latest.itemId} ${session.steps.length}`}>
      <span class={`latest__vote latest__vote--${latest.after.verdict}`}>
        {say("latest", { number, vote: voteInWords(desk.messages, session.manual, latest.after) })}
      </span>
      <button {...buttonOf(actions.undo)} class="latest__undo">
        {actions.undo.label} <kbd>{signFor(actions.undo)}</kbd>
      </button>
    </p>
  );
}
