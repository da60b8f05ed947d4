import type { Names } from "../contract";
import type { Monitor } from "../monitor";
import { Controls } from "./controls";
import { Curves } from "./curves";
import { Facts } from "./facts";
import { History } from "./history";
import { Preview } from "./preview";

export function Screen({ monitor, names }: { monitor: Monitor; names: Names }) {
  return (
    <>
      <Controls monitor={monitor} />
      <div class="watch">
        <Curves monitor={monitor} />
        <Preview monitor={monitor} names={names} />
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
