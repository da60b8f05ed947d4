import type { ReadonlySignal } from "@preact/signals";
import { buttonOf, signFor } from "../../shared/actions";
import { drawnSize } from "../../shared/viewer/lie";
import { useDesk } from "./context";
import type { Seen } from "./viewing";

const TOOLS = ["face", "zoom", "compare", "stay", "whole", "twins", "ask"] as const;

/** Closer, beside a portrait, and back; what is nearly the same; a question about it. */
export function LookTools() {
  const { desk, actions, say } = useDesk();
  const { looking } = desk;
  const shown = TOOLS.filter((name) => {
    if (name === "whole") return actions.whole.enabled;
    if (name === "stay") return looking.stays.value || looking.aim.value.at === "face";
    if (name === "twins") return desk.modes.hasTwin(desk.session.at);
    return actions[name].enabled;
  });
  return (
    <fieldset class="look" aria-label={say("look")}>
      {shown.map((name) => (
        <button
          key={name}
          {...buttonOf(actions[name])}
          class="look__tool"
          title={actions[name].help}
          // A click by mouse must not take the focus: the next Space belongs to the desk.
          onMouseDown={(event) => event.preventDefault()}
        >
          {actions[name].label} <kbd>{signFor(actions[name])}</kbd>
        </button>
      ))}
    </fieldset>
  );
}

/** Below this part of the stage's height a picture is too small to judge. */
const TOO_LOW = 0.5;

/** A wide picture on an upright phone: how to see it larger. */
export function Closer({ seen }: { seen: ReadonlySignal<Seen | null> }) {
  const { desk, actions, say } = useDesk();
  if (!seen.value || !desk.looking.isWhole) return null;
  const { frame } = seen.value;
  if (frame.picture.width === 0) return null;
  if (drawnSize(frame).height > frame.stage.height * TOO_LOW) return null;
  return (
    <p class="stage__closer">
      <button {...buttonOf(actions.face)} class="button button--small">
        {say("lookCloser")}
      </button>
      <span>{say("turnPhone")}</span>
    </p>
  );
}
