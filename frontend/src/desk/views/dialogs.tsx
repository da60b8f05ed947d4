import type { ComponentChildren, ComponentType } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { helpRows, signFor } from "../../shared/actions";
import { KeysToChange } from "../../shared/views/own-keys";
import { labelOf } from "../core/contract";
import type { Panel } from "../core/panels";
import { counts } from "../core/reads";
import { useDesk } from "./context";
import { useLater } from "./later";
import { People } from "./people";
import { Return } from "./return";
import { Twins } from "./twins";

interface DialogProps {
  readonly panel: Panel;
  readonly title: string;
  readonly children: ComponentChildren;
}

function Dialog({ panel, title, children }: DialogProps) {
  const { desk, say } = useDesk();
  const dialog = useRef<HTMLDialogElement>(null);
  const closer = useRef<HTMLButtonElement>(null);
  const titleId = useId();
  const open = desk.panels.open.value === panel;
  useEffect(() => {
    if (open && !dialog.current?.open) {
      dialog.current?.showModal();
      closer.current?.focus();
    }
    if (!open && dialog.current?.open) dialog.current.close();
  }, [open]);
  const close = () => {
    if (desk.panels.open.peek() === panel) desk.panels.open.value = null;
  };
  return (
    <dialog
      ref={dialog}
      class={`desk-dialog desk-dialog--${panel}`}
      aria-labelledby={titleId}
      onClose={close}
      // A click on the veil hits the dialog itself, never what is in it. Escape is the keyboard's way.
      onMouseDown={(event) => {
        if (event.target === event.currentTarget) close();
      }}
    >
      <article>
        <header>
          <h2 id={titleId}>{title}</h2>
          <button type="button" class="button button--quiet" onClick={close} ref={closer}>
            {say("close")}
          </button>
        </header>
        {open && children}
      </article>
    </dialog>
  );
}

/** When to reject, each reason in one line, under the number that casts it. */
export function Manual() {
  const { actions, addresses, say } = useDesk();
  return (
    <Dialog panel="manual" title={say("manualTitle")}>
      <dl class="manual">
        {[...actions.reasons, actions.unsure, actions.keep].map((action) => (
          <div key={action.id}>
            <dt>
              <kbd>{signFor(action)}</kbd> {action.label}
            </dt>
            <dd>{action.hint}</dd>
          </div>
        ))}
      </dl>
      <footer>
        <a class="button" href={addresses.manualUrl} target="_blank" rel="noopener">
          {say("wholeManual")}
        </a>
      </footer>
    </Dialog>
  );
}

export function Help() {
  const { desk, actions, say } = useDesk();
  const [changing, setChanging] = useState(false);
  return (
    <Dialog panel="help" title={say("helpTitle")}>
      {changing ? (
        <KeysToChange keys={actions.keys} all={actions.everywhere} say={say} />
      ) : (
        <dl class="manual manual--keys">
          {helpRows(actions.all).map(({ signs, help }) => (
            <div key={help}>
              <dt>
                <Keys signs={signs} />
              </dt>
              <dd>{help}</dd>
            </div>
          ))}
        </dl>
      )}
      {!changing && desk.modes.mode.value === "single" && (
        <>
          <p class="small">{say("helpSeveral")}</p>
          <p class="small muted">{say("helpSwipe")}</p>
        </>
      )}
      <footer>
        <button type="button" class="button" onClick={() => setChanging(!changing)}>
          {say(changing ? "keysDone" : "keysChange")}
        </button>
        <button type="button" class="button" onClick={() => actions.along.perform()}>
          {actions.along.label}
        </button>
        {counts(desk.session).left > 0 && <Return look="button--quiet" />}
      </footer>
    </Dialog>
  );
}

/** Two keys side by side; of more only the first and the last. */
function Keys({ signs }: { signs: readonly string[] }) {
  if (signs.length > 2) {
    return (
      <>
        <kbd>{signs[0]}</kbd> … <kbd>{signs.at(-1)}</kbd>
      </>
    );
  }
  return signs.map((sign) => <kbd key={sign}>{sign}</kbd>);
}

const along = () => import("./along").then(({ AlongPanel }) => AlongPanel);

/** Most desks are judged with a line. */
export function AlongDrawer() {
  const { say } = useDesk();
  return (
    <Dialog panel="along" title={say("alongTitle")}>
      <Fetched load={along} otherwise={say("alongOffline")} />
    </Dialog>
  );
}

const ask = () => import("./asking").then(({ Ask }) => Ask);

/** Few ask. */
export function AskDialog() {
  const { desk, say } = useDesk();
  const number = desk.askingAbout.item ? labelOf(desk.askingAbout.item) : "";
  return (
    <Dialog panel="ask" title={say("askTitle", { number })}>
      <Fetched load={ask} otherwise={say("askOffline")} />
    </Dialog>
  );
}

interface FetchedProps {
  readonly load: () => Promise<ComponentType>;
  /** What is said where it cannot be had. */
  readonly otherwise: string;
}

/** What few look into is fetched when it is opened. */
function Fetched({ load, otherwise }: FetchedProps) {
  const Loaded = useLater(load);
  if (Loaded === null) return <span class="spinner" />;
  return Loaded === "none" ? <p>{otherwise}</p> : <Loaded />;
}

export function TwinsDrawer() {
  const { say } = useDesk();
  return (
    <Dialog panel="twins" title={say("twins")}>
      <Twins />
    </Dialog>
  );
}

export function PeopleDrawer() {
  const { say } = useDesk();
  return (
    <Dialog panel="people" title={say("people")}>
      <People />
    </Dialog>
  );
}
