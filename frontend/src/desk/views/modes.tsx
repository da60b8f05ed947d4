import { buttonOf, signFor } from "../../shared/actions";
import { useDesk } from "./context";
import { Icon, type IconName } from "./icons";

const ICONS: Readonly<Record<string, IconName>> = {
  single: "single",
  grid: "grid",
  burst: "burst",
};

/** The ways to judge, side by side; the pressed one is on. */
export function ModeSwitch() {
  const { actions, say } = useDesk();
  return (
    <fieldset class="modes">
      <legend class="visually-hidden">{say("modes")}</legend>
      {actions.modes.map((mode) => {
        const sign = signFor(mode);
        return (
          <button
            key={mode.id}
            {...buttonOf(mode)}
            class="modes__one"
            title={sign ? `${mode.label} (${sign})` : mode.label}
            aria-label={mode.label}
            onMouseDown={(event) => event.preventDefault()}
          >
            <Icon name={ICONS[mode.id] ?? "single"} />
          </button>
        );
      })}
    </fieldset>
  );
}
