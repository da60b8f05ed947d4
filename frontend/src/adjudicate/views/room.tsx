import { useEffect } from "preact/hooks";
import { paddedNumber } from "../../desk/core/contract";
import { buttonOf, signFor } from "../../shared/actions";
import { Bar } from "./bar";
import type { RoomProps } from "./context";
import { Keys } from "./keys";
import { Refused, Unsent } from "./sent";
import { Side } from "./side";
import { Stage } from "./stage";

interface Props extends RoomProps {
  readonly backUrl: string;
  readonly name: string;
}

/** The picture has the room; all that was said of it, and who it might be, stand beside it. */
export function Room({ judge, actions, backUrl, name }: Props) {
  const { say } = judge.messages;
  const shown = judge.current;
  useEffect(() => {
    document.title = document.title.replace(/^(\d+ · )?/, shown ? `${shown.number} · ` : "");
  }, [shown]);
  const undoSign = signFor(actions.undo);
  return (
    <div class="ruling">
      <header class="ruling__top">
        <a class="ruling__home" href={backUrl}>
          ← <span>{name}</span>
        </a>
        <h1>
          {say("contested")} <span class="number">{judge.numLeft}</span>
        </h1>
        <Unsent judge={judge} />
        <button {...buttonOf(actions.undo)} class="button button--small">
          {actions.undo.label} <kbd>{undoSign}</kbd>
        </button>
        <button {...buttonOf(actions.help)} class="ruling__keys button button--small button--quiet">
          {actions.help.label} <kbd>{signFor(actions.help)}</kbd>
        </button>
      </header>
      <Refused judge={judge} />
      {shown ? (
        <>
          <Stage judge={judge} actions={actions} />
          <Side judge={judge} />
          <Bar judge={judge} actions={actions} />
        </>
      ) : (
        <section class="empty ruling__end">
          <h2 class="empty__title">{say("nothingContested")}</h2>
          <p>{say("nothingContestedHow")}</p>
          <a class="button button--primary" href={backUrl}>
            {say("backToSubject")}
          </a>
        </section>
      )}
      <Keys judge={judge} actions={actions} />
      <p class="visually-hidden" role="status">
        {judge.said.value || (shown ? say("picture", { number: paddedNumber(shown.number) }) : "")}
      </p>
    </div>
  );
}
