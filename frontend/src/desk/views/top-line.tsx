import { type Action, buttonOf, signFor } from "../../shared/actions";
import { counts } from "../core/reads";
import type { SendingState } from "../sending/sender";
import { useDesk } from "./context";
import { Icon, type IconName } from "./icons";

export function TopLine() {
  const { desk, addresses, say } = useDesk();
  const batch = desk.data.value?.batch;
  const { judged, total } = counts(desk.session);
  return (
    <header class="desk-top">
      <progress class="desk-top__line" value={judged} max={Math.max(total, 1)} aria-hidden="true" />
      <a class="desk-top__back" href={addresses.batchUrl}>
        <Icon name="back" />
        <span class="visually-hidden">{say("backToBatch")}</span>
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
  other_person: "offline",
};

/** Always there, so that nothing moves when votes come and go; empty while all are stored. */
function Unsent() {
  const { desk, addresses, say } = useDesk();
  const { unsent, state } = desk.sending.now.value;
  const refused = desk.sending.refused.value.length;
  if (unsent === 0 && refused > 0) {
    return (
      <button
        type="button"
        class="desk-unsent desk-unsent--refused"
        onClick={() => {
          desk.panels.refusals.value = true;
        }}
      >
        {say("notAccepted", { count: refused })}
      </button>
    );
  }
  if (unsent === 0 || state === "idle") {
    return <p class="desk-unsent desk-unsent--none">{say("allSent")}</p>;
  }
  const count = { count: unsent };
  const words = {
    sending: say("unsentSending", count),
    waiting: say("unsentWaiting", count),
    offline: say("unsentOffline", count),
    signed_out: say("unsentSignedOut", count),
    other_person: say("unsentOtherPerson", count),
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

const TOOLS = ["undo", "people", "along", "manual", "help"] as const;

function Tools() {
  const { actions } = useDesk();
  return (
    <div class="desk-tools">
      {TOOLS.map((name) => (
        <Tool key={name} name={name} action={actions[name]} />
      ))}
    </div>
  );
}

function Tool({ name, action }: { name: (typeof TOOLS)[number]; action: Action }) {
  const sign = signFor(action);
  return (
    <button
      {...buttonOf(action)}
      class={`desk-tool desk-tool--${name}`}
      title={sign ? `${action.label} (${sign})` : action.label}
    >
      <Icon name={name} />
      <span class="desk-tool__label">{action.label}</span>
    </button>
  );
}
