import { useRef } from "preact/hooks";
import type { Reason } from "../core/contract";
import { canVote, voteOn } from "../core/reads";
import { REASONS } from "../core/reasons";
import { useDesk } from "./context";
import { Icon } from "./icons";

/** A finger that rests this long on a reason collects it instead of casting it. */
const HOLD_MS = 420;

/** A click by mouse must not take the focus: the next Space or Enter belongs to the desk. */
function keepFocus(event: MouseEvent): void {
  event.preventDefault();
}

export function Actions() {
  const { desk, say } = useDesk();
  const session = desk.session.value;
  const mine = voteOn(session, session.at)?.verdict;
  const open = desk.sheet.value;
  return (
    <fieldset class="actions" disabled={!canVote(session)} data-open={open}>
      <legend class="visually-hidden">{say("whyReject")}</legend>
      <Reasons />
      <div class="actions__verdicts">
        <button
          type="button"
          class="verdict verdict--reject"
          aria-expanded={open}
          onMouseDown={keepFocus}
          onClick={() => {
            if (session.chosen.length > 0) {
              desk.obey("confirm");
            } else {
              desk.sheet.value = !open;
            }
          }}
        >
          <Icon name="reject" />
          {say("reject")}
        </button>
        <button
          type="button"
          class="verdict verdict--unsure"
          aria-pressed={mine === "unsure"}
          onMouseDown={keepFocus}
          onClick={() => desk.vote("unsure")}
        >
          <Icon name="unsure" />
          {say("unsure")} <kbd>U</kbd>
        </button>
        <button
          type="button"
          class="verdict verdict--keep"
          aria-pressed={mine === "keep"}
          onMouseDown={keepFocus}
          onClick={() => desk.vote("keep")}
        >
          <Icon name="keep" />
          {say("keep")} <kbd>K</kbd>
        </button>
      </div>
    </fieldset>
  );
}

function Reasons() {
  const { desk, say } = useDesk();
  const { several, chosen } = desk.session.value;
  return (
    <fieldset class="reasons">
      <legend class="reasons__title">{several ? say("chooseReasons") : say("whyReject")}</legend>
      {REASONS.map((reason, index) => (
        <ReasonChip key={reason} reason={reason} digit={index + 1} />
      ))}
      {chosen.length > 0 ? (
        <button
          type="button"
          class="reason reason--confirm"
          onMouseDown={keepFocus}
          onClick={() => desk.obey("confirm")}
        >
          <Icon name="reject" />
          <span>{say("rejectFor", { count: chosen.length })}</span>
          <kbd>Enter</kbd>
        </button>
      ) : (
        <button
          type="button"
          class="reason reason--several"
          aria-pressed={several}
          onMouseDown={keepFocus}
          onClick={() => desk.happen({ type: "severalSwitched" })}
        >
          <Icon name="several" />
          <span>{say("several")}</span>
        </button>
      )}
    </fieldset>
  );
}

function ReasonChip({ reason, digit }: { reason: Reason; digit: number }) {
  const { desk, say } = useDesk();
  const session = desk.session.value;
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const heldLong = useRef(false);
  const cast = voteOn(session, session.at)?.reasons.includes(reason) ?? false;
  const collecting = session.several || session.chosen.length > 0;
  const pressed = collecting ? session.chosen.includes(reason) : cast;

  function rest(): void {
    heldLong.current = false;
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      heldLong.current = true;
      desk.pick(reason, true);
    }, HOLD_MS);
  }

  return (
    <button
      type="button"
      class="reason"
      aria-pressed={pressed}
      title={say(`${reason}How`)}
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
          desk.pick(reason, true);
        } else {
          desk.rejectFor(reason);
        }
      }}
    >
      <kbd>{digit}</kbd>
      <span>{say(reason)}</span>
    </button>
  );
}
