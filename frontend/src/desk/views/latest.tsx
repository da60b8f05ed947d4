import { buttonOf, signFor } from "../../shared/actions";
import type { Messages } from "../../shared/messages";
import { isApart } from "../core/reads";
import { apartInWords, labelIn, verdictsOf, voteInWords } from "../core/says";
import type { LatestApart, Latest as Newest } from "../core/state";
import { useDesk } from "./context";
import { useLater } from "./later";

/** What was cast last, with the way to take it back: whoever is quick sees their slips here. */
export function Latest() {
  const { desk, actions, say } = useDesk();
  const session = desk.session;
  const { latest } = session;
  if (desk.apart.trouble.value) return <LatestPage />;
  if (!latest) return null;
  if (isApart(latest) || latest.together) return <LatestPage />;
  const number = labelIn(session, latest.itemId);
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
      <button {...buttonOf(actions.told)} class="latest__undo" title={actions.told.help}>
        {actions.told.label} <kbd>{signFor(actions.told)}</kbd>
      </button>
    </p>
  );
}

const told = () => import("./told").then(({ Told }) => Told);

/** What there is to tell of what I have judged, for whoever wants it: fetched when they do. */
export function ToldLater() {
  const Loaded = useLater(told, useDesk().desk.telling.on.value);
  return Loaded && Loaded !== "none" && <Loaded />;
}

/** What was done last with several pictures at once, with the way to take it back. */
export function LatestPage() {
  const { desk, actions } = useDesk();
  const { latest, steps } = desk.session;
  const trouble = desk.apart.trouble.value;
  if (!latest && !trouble) return null;
  const words = trouble || (latest && togetherInWords(desk.messages, latest));
  if (!actions.undo.enabled || (latest?.undone && !trouble)) return <p class="latest">{words}</p>;
  return (
    <p class="latest" key={steps.length}>
      <span class="latest__vote">{words}</span>
      <button {...buttonOf(actions.undo)} class="latest__undo">
        {actions.undo.label} <kbd>{signFor(actions.undo)}</kbd>
      </button>
    </p>
  );
}

function togetherInWords(messages: Messages, latest: Newest | LatestApart): string {
  if (isApart(latest)) return apartInWords(messages, latest);
  const { say } = messages;
  const steps = latest.together ?? [latest];
  if (latest.undone) return say("announceUndoneTogether", { count: steps.length });
  const tally = verdictsOf(steps);
  return say(tally.unsure > 0 ? "latestPageUnsure" : "latestPage", tally);
}
