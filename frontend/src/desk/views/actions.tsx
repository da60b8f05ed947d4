import { useRef } from "preact/hooks";
import { type Action, buttonOf, signFor } from "../../shared/actions";
import { canVote } from "../core/reads";
import { useDesk } from "./context";
import { Icon } from "./icons";

/** A finger that rests this long on a reason collects it instead of casting it. */
const HOLD_MS = 420;

/** A click by mouse must not take the focus: the next Space or Enter belongs to the desk. */
function keepFocus(event: MouseEvent): void {
  event.preventDefault();
}

export function Actions() {
  const { desk, actions, say } = useDesk();
  const open = desk.panels.sheet.value;
  return (
    <fieldset class="actions" disabled={!canVote(desk.session)} data-open={open}>
      <legend class="visually-hidden">{say("whyReject")}</legend>
      <Reasons />
      <div class="actions__verdicts">
        <button
          {...buttonOf(actions.reject)}
          class="verdict verdict--reject"
          aria-expanded={open}
          onMouseDown={keepFocus}
        >
          <Icon name="reject" />
          {actions.reject.label}
        </button>
        <Verdict name="unsure" />
        <Verdict name="keep" />
      </div>
    </fieldset>
  );
}

function Verdict({ name }: { name: "keep" | "unsure" }) {
  const action = useDesk().actions[name];
  return (
    <button {...buttonOf(action)} class={`verdict verdict--${name}`} onMouseDown={keepFocus}>
      <Icon name={name} />
      {action.label} <kbd>{signFor(action)}</kbd>
    </button>
  );
}

function Reasons() {
  const { desk, actions, say } = useDesk();
  const { confirm, several, reasons } = actions;
  // They come with the batch; until then only their place is kept.
  if (reasons.length === 0) return <fieldset class="reasons" />;
  return (
    <fieldset class="reasons">
      <legend class="reasons__title">
        {desk.session.several ? say("chooseReasons") : say("whyReject")}
      </legend>
      {reasons.map((reason) => (
        <ReasonChip key={reason.id} reason={reason} />
      ))}
      {confirm.enabled ? (
        <button {...buttonOf(confirm)} class="reason reason--confirm" onMouseDown={keepFocus}>
          <Icon name="reject" />
          <span>{confirm.label}</span>
          <kbd>{signFor(confirm)}</kbd>
        </button>
      ) : (
        <button {...buttonOf(several)} class="reason reason--several" onMouseDown={keepFocus}>
          <Icon name="several" />
          <span>{several.label}</span>
        </button>
      )}
    </fieldset>
  );
}

function ReasonChip({ reason }: { reason: Action }) {
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const heldLong = useRef(false);

  function rest(): void {
    heldLong.current = false;
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      heldLong.current = true;
      reason.collect?.();
    }, HOLD_MS);
  }

  return (
    <button
      {...buttonOf(reason)}
      class="reason"
      title={reason.hint}
      onMouseDown={keepFocus}
      onPointerDown={rest}
      onPointerUp={() => clearTimeout(timer.current)}
      onPointerLeave={() => clearTimeout(timer.current)}
      onPointerCancel={() => clearTimeout(timer.current)}
      onContextMenu={(event) => event.preventDefault()}
      onClick={(event) => {
        if (heldLong.current) {
          heldLong.current = false;
        } else if (event.shiftKey) {
          reason.collect?.();
        } else {
          reason.perform();
        }
      }}
    >
      <kbd>{signFor(reason)}</kbd>
      <span>{reason.label}</span>
    </button>
  );
}
