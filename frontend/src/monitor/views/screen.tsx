import type { MonitorActions } from "../actions";
import type { Names } from "../contract";
import type { Monitor } from "../monitor";
import { Controls } from "./controls";
import { Curves } from "./curves";
import { Facts } from "./facts";
import { History } from "./history";
import { Preview } from "./preview";

interface ScreenProps {
  readonly monitor: Monitor;
  readonly actions: MonitorActions;
  readonly names: Names;
}

export function Screen({ monitor, actions, names }: ScreenProps) {
  return (
    <>
      <Controls monitor={monitor} commands={actions.commands} />
      <div class="watch">
        <Curves monitor={monitor} />
        <Preview monitor={monitor} mask={actions.mask} names={names} />
      </div>
      <div class="watch watch--below">
        <Facts monitor={monitor} />
        <History monitor={monitor} />
      </div>
      <p class="visually-hidden" role="status">
        {monitor.said}
      </p>
    </>
  );
}
