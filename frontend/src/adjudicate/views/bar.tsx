import { buttonOf, signFor } from "../../shared/actions";
import type { RoomProps } from "./context";

/** Keep, or a reason: each settles at once. */
export function Bar({ judge, actions }: RoomProps) {
  const { say } = judge.messages;
  const several = judge.collected.value.length > 0;
  const { keep, confirm, cancel } = actions;
  return (
    <footer class="ruling__bar">
      <fieldset class="ruling__reasons" aria-label={say("whyReject")}>
        {actions.reasons.map((reason) => (
          <button {...buttonOf(reason)} key={reason.id} class="ruling__reason" title={reason.hint}>
            <kbd>{signFor(reason)}</kbd> {reason.label}
          </button>
        ))}
      </fieldset>
      <input
        name="note"
        aria-label={say("note")}
        placeholder={say("note")}
        maxLength={1000}
        value={judge.note.value}
        disabled={!judge.canRule}
        onInput={(event) => {
          judge.note.value = event.currentTarget.value;
        }}
      />
      {several ? (
        <span class="ruling__several">
          <button {...buttonOf(cancel)} class="button">
            {cancel.label}
          </button>
          <button {...buttonOf(confirm)} class="button button--danger button--big">
            {confirm.label} <kbd>{signFor(confirm)}</kbd>
          </button>
        </span>
      ) : (
        <button {...buttonOf(keep)} class="ruling__keep button button--big">
          {keep.label} <kbd>{signFor(keep)}</kbd>
        </button>
      )}
    </footer>
  );
}
