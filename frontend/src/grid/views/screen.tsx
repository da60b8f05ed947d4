import type { Setting } from "../core/contract";
import { EVERYTHING, numFilters } from "../core/question";
import type { Grid } from "../grid";
import { ActBar, Confirm } from "./acts";
import { Sheet } from "./sheet";
import { Toolbar } from "./toolbar";
import { Viewer } from "./viewer";

interface ScreenProps {
  readonly grid: Grid;
  readonly setting: Setting;
}

export function Screen({ grid, setting }: ScreenProps) {
  const { say } = grid.messages;
  return (
    <>
      <Toolbar grid={grid} setting={setting} />
      <Count grid={grid} />
      <Notice grid={grid} setting={setting} />
      <p class="visually-hidden" id="grid-how">
        {say("gridHow")}
      </p>
      {grid.total.value === 0 && (
        <div class="empty">
          <p class="empty__title">{say("gridEmpty")}</p>
          <button type="button" class="button" onClick={() => grid.ask(EVERYTHING)}>
            {say("gridShowAll")}
          </button>
        </div>
      )}
      <Sheet grid={grid} setting={setting} />
      <ActBar grid={grid} />
      <Confirm grid={grid} reasons={setting.reasons} />
      <Viewer grid={grid} setting={setting} />
      <p class="visually-hidden" role="status">
        {grid.said}
      </p>
    </>
  );
}

function Count({ grid }: { readonly grid: Grid }) {
  const { say, language } = grid.messages;
  const total = grid.total.value;
  if (total === null) return <p class="sheet-count">{say("gridLoading")}</p>;
  // How many there are in all stands at the head of the page.
  const count = total.toLocaleString(language);
  const isPart = numFilters(grid.question.value) > 0;
  return <p class="sheet-count">{isPart ? say("gridCountOf", { count }) : "\u00a0"}</p>;
}

function Notice({ grid, setting }: ScreenProps) {
  const { say } = grid.messages;
  const notice = grid.notice.value;
  if (!notice) return null;
  const tone = { done: "ok", partly: "warn", changed: "info", trouble: "warn" }[notice.kind];
  const mayTryAgain = notice.kind === "changed" || notice.kind === "trouble";
  return (
    <p class={`notice notice--${tone} sheet-notice`}>
      <span>{notice.text}</span>{" "}
      {notice.inBatches && <a href={setting.batches}>{say("gridSeeBatches")}</a>}
      {mayTryAgain && (
        <button
          type="button"
          class="button button--small"
          onClick={() => void grid.open(grid.active.value)}
        >
          {say(notice.kind === "changed" ? "gridReload" : "tryAgain")}
        </button>
      )}
    </p>
  );
}
