import { numberOf, voteInWords } from "../core/says";
import { useDesk } from "./context";

/** What was cast last, with the way to take it back: whoever is quick sees their slips here. */
export function Latest() {
  const { desk, say } = useDesk();
  const session = desk.session.value;
  const { latest } = session;
  if (!latest) return null;
  const number = numberOf(session, latest.itemId);
  if (latest.undone || !latest.after) {
    return <p class="latest">{say("latestUndone", { number })}</p>;
  }
  return (
    <p class="latest" key={`${latest.itemId} ${session.steps.length}`}>
      <span class={`latest__vote latest__vote--${latest.after.verdict}`}>
        {say("latest", { number, vote: voteInWords(desk.messages, latest.after) })}
      </span>
      <button type="button" class="latest__undo" onClick={() => desk.obey("undo")}>
        {say("undo")} <kbd>Z</kbd>
      </button>
    </p>
  );
}
