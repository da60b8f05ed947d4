import { useLayoutEffect, useState } from "preact/hooks";
import { type Action, signFor } from "../actions";
import { signOf } from "../keys";
import type { Messages } from "../messages";
import { isChangeable, type OwnKeys } from "../own-keys";

interface KeysProps {
  readonly keys: OwnKeys;
  /** All that has a key on the page, in whatever way it is used. */
  readonly all: readonly Action[];
  readonly say: Messages["say"];
}

/** Every action with its key, as buttons: after one is pressed, the next key becomes its own. */
export function KeysToChange({ keys, all, say }: KeysProps) {
  const [waiting, setWaiting] = useState<Action | null>(null);
  const [said, setSaid] = useState(say("keysHow"));

  // With the words that ask for a key, so that no key comes too early.
  useLayoutEffect(() => {
    if (!waiting) return;
    function onDown(event: KeyboardEvent): void {
      if (!waiting || isModifier(event)) return;
      event.preventDefault();
      event.stopPropagation();
      const { label } = waiting;
      if (event.key === "Escape") {
        setSaid(say("keysHow"));
        setWaiting(null);
        return;
      }
      const taken = keys.take(waiting.id, event, all);
      if (taken.kind === "unfit") setSaid(say("keysUnfit"));
      if (taken.kind === "clash") {
        setSaid(say("keysClash", { sign: signOf(taken.key), label: taken.with.label }));
      }
      if (taken.kind === "elsewhere") setSaid(say("keysElsewhere", { sign: signOf(taken.key) }));
      if (taken.kind !== "taken") return;
      setSaid(say("keysTaken", { label, sign: signFor(waiting) ?? "" }));
      setWaiting(null);
    }
    // Before the page and the dialog hear of it.
    window.addEventListener("keydown", onDown, { capture: true });
    return () => window.removeEventListener("keydown", onDown, { capture: true });
  }, [waiting, keys, all, say]);

  return (
    <>
      <p class="own-keys__said" role="status">
        {said}
      </p>
      <ul class="own-keys">
        {all.filter(isChangeable).map((action) => (
          <li key={action.id}>
            <button
              type="button"
              class="own-keys__one"
              aria-pressed={waiting?.id === action.id}
              onClick={() => {
                setWaiting(action);
                setSaid(say("keysPress", { label: action.label }));
              }}
            >
              <span>{action.label}</span>
              <kbd>{signFor(action)}</kbd>
            </button>
          </li>
        ))}
      </ul>
      <button
        type="button"
        class="button button--quiet"
        disabled={!keys.haveChanged(all)}
        onClick={() => keys.reset(all)}
      >
        {say("keysReset")}
      </button>
    </>
  );
}

/** The second key of a chord is what is waited for. */
function isModifier({ key }: KeyboardEvent): boolean {
  return key === "Shift" || key === "Control" || key === "Alt" || key === "Meta";
}
