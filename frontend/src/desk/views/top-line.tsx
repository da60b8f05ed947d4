import { canUndo, counts } from "../core/reads";
import type { SendingState } from "../sending/sender";
import { useDesk } from "./context";
import { Icon, type IconName } from "./icons";

export function TopLine() {
  const { desk, addresses, say } = useDesk();
  const batch = desk.data.value?.batch;
  const { judged, total } = counts(desk.session.value);
  return (
    <header class="desk-top">
      <progress class="desk-top__line" value={judged} max={Math.max(total, 1)} aria-hidden="true" />
      <a class="desk-top__back" href={addresses.batchUrl} aria-label={say("backToBatch")}>
        <Icon name="back" />
        <span class="desk-top__batch">{batch && say("batch", { number: batch.number })}</span>
      </a>
      <h1 class="desk-top__subject">{batch?.subject.name}</h1>
      <p class="desk-top__count" title={say("judgedOf", { judged, total })}>
        <span aria-hidden="true">
          <b>{judged}</b> / {total}
        </span>
        <span class="visually-hidden">{say("judgedOf", { judged, total })}</span>
      </p>
      <Unsent />
      <Tools />
    </header>
  );
}

const ICONS: Readonly<Record<Exclude<SendingState, "idle">, IconName>> = {
  sending: "waiting",
  waiting: "waiting",
  offline: "offline",
  signed_out: "offline",
};

/** Always there, so that nothing moves when votes come and go; empty while all are stored. */
function Unsent() {
  const { desk, addresses, say } = useDesk();
  const { unsent, state } = desk.sending.value;
  if (unsent === 0 || state === "idle") {
    return <p class="desk-unsent desk-unsent--none">{say("allSent")}</p>;
  }
  const count = { count: unsent };
  const words = {
    sending: say("unsentSending", count),
    waiting: say("unsentWaiting", count),
    offline: say("unsentOffline", count),
    signed_out: say("unsentSignedOut", count),
  };
  return (
    <div class={`desk-unsent desk-unsent--${state}`} title={words[state]}>
      <Icon name={ICONS[state]} />
      <span>{say("unsent", count)}</span>
      {state === "signed_out" && (
        <a href={addresses.batchUrl} target="_blank" rel="noopener">
          {say("signIn")}
        </a>
      )}
      {state !== "sending" && (
        <span class="visually-hidden" role="status">
          {words[state]}
        </span>
      )}
    </div>
  );
}

function Tools() {
  const { desk, say } = useDesk();
  return (
    <div class="desk-tools">
      <button
        type="button"
        class="desk-tool"
        disabled={!canUndo(desk.session.value)}
        onClick={() => desk.obey("undo")}
        title={`${say("undo")} (Z)`}
      >
        <Icon name="undo" />
        <span class="desk-tool__label">{say("undo")}</span>
      </button>
      <button
        type="button"
        class="desk-tool desk-tool--people"
        onClick={() => {
          desk.panel.value = "people";
        }}
        title={say("people")}
      >
        <Icon name="people" />
        <span class="desk-tool__label">{say("people")}</span>
      </button>
      <button
        type="button"
        class="desk-tool"
        onClick={() => desk.obey("manual")}
        title={`${say("manual")} (M)`}
      >
        <Icon name="manual" />
        <span class="desk-tool__label">{say("manual")}</span>
      </button>
      <button
        type="button"
        class="desk-tool"
        onClick={() => desk.obey("help")}
        title={`${say("help")} (?)`}
      >
        <Icon name="help" />
        <span class="desk-tool__label">{say("help")}</span>
      </button>
    </div>
  );
}
