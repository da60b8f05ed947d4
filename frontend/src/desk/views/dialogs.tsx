import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { REASONS } from "../core/reasons";
import type { Panel } from "../desk";
import { useDesk } from "./context";
import { People } from "./people";

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
  const open = desk.panel.value === panel;
  useEffect(() => {
    if (open && !dialog.current?.open) {
      dialog.current?.showModal();
      closer.current?.focus();
    }
    if (!open && dialog.current?.open) dialog.current.close();
  }, [open]);
  const close = () => {
    if (desk.panel.peek() === panel) desk.panel.value = null;
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
  const { addresses, say } = useDesk();
  return (
    <Dialog panel="manual" title={say("manualTitle")}>
      <dl class="manual">
        {REASONS.map((reason, index) => (
          <div key={reason}>
            <dt>
              <kbd>{index + 1}</kbd> {say(reason)}
            </dt>
            <dd>{say(`${reason}How`)}</dd>
          </div>
        ))}
        <div>
          <dt>
            <kbd>U</kbd> {say("unsure")}
          </dt>
          <dd>{say("unsureHow")}</dd>
        </div>
        <div>
          <dt>
            <kbd>K</kbd> {say("keep")}
          </dt>
          <dd>{say("keepHow")}</dd>
        </div>
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
  const { say } = useDesk();
  const rows: readonly (readonly [readonly string[], string])[] = [
    [["K"], say("helpKeep")],
    [["1", "…", "7"], say("helpOneReason")],
    [["U"], say("helpUnsure")],
    [["Z"], say("helpUndo")],
    [["←", "→"], say("helpWalk")],
    [["Space"], say("helpZoom")],
    [["Enter"], say("helpConfirm")],
    [["M"], say("helpManual")],
    [["?"], say("helpHelp")],
  ];
  return (
    <Dialog panel="help" title={say("helpTitle")}>
      <dl class="manual manual--keys">
        {rows.map(([keys, meaning]) => (
          <div key={keys[0]}>
            <dt>{keys.map((key) => (key === "…" ? " … " : <kbd key={key}>{key}</kbd>))}</dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
      <p class="small">{say("helpSeveral")}</p>
      <p class="small muted">{say("helpSwipe")}</p>
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
