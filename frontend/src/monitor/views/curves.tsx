import { useEffect, useRef, useState } from "preact/hooks";
import { Chart } from "../chart";
import { columnsOf } from "../curve";
import type { Monitor } from "../monitor";
import { lossInWords } from "../words";

/** The losses of both sides, live: as reported, faint, and smoothed. */
export function Curves({ monitor }: { monitor: Monitor }) {
  const { say } = monitor.messages;
  const losses = monitor.losses.value;
  const [logarithmic, setLogarithmic] = useState(false);
  const [pointed, setPointed] = useState<number | null>(null);
  const shown = losses[pointed ?? losses.length - 1];
  const a = lossInWords(shown?.a);
  const b = lossInWords(shown?.b);
  return (
    <section class="watch__part">
      <div class="watch__head">
        <h2>{say("losses")}</h2>
        <button
          type="button"
          class="button button--quiet button--small"
          aria-pressed={logarithmic}
          onClick={() => setLogarithmic(!logarithmic)}
        >
          {say("logarithmic")}
        </button>
      </div>
      <ul class="legend">
        <li class="chart__a">
          <span class="legend__line" aria-hidden="true" />
          {say("lossA")} <strong class="number">{a}</strong>
        </li>
        <li class="chart__b">
          <span class="legend__line legend__line--dashed" aria-hidden="true" />
          {say("lossB")} <strong class="number">{b}</strong>
        </li>
        <li class="muted number">{shown ? say("checkpointAt", { step: shown.step }) : ""}</li>
      </ul>
      {losses.length ? (
        <Plot
          monitor={monitor}
          logarithmic={logarithmic}
          label={say("lossesNow", { step: shown?.step ?? 0, a, b })}
          onPoint={setPointed}
        />
      ) : (
        <p class="watch__empty">{say("lossesEmpty")}</p>
      )}
    </section>
  );
}

interface PlotProps {
  readonly monitor: Monitor;
  readonly logarithmic: boolean;
  readonly label: string;
  readonly onPoint: (index: number | null) => void;
}

function Plot({ monitor, logarithmic, label, onPoint }: PlotProps) {
  const { say } = monitor.messages;
  const losses = monitor.losses.value;
  const holder = useRef<HTMLDivElement>(null);
  const chart = useRef<Chart | null>(null);
  const dark = useDarkness();
  const labels = { step: say("step"), a: say("lossA"), b: say("lossB") };

  // biome-ignore lint/correctness/useExhaustiveDependencies: drawn once; the effects below follow
  useEffect(() => {
    if (!holder.current) return;
    const drawn = new Chart(holder.current, columnsOf(losses), { logarithmic, labels }, onPoint);
    chart.current = drawn;
    return () => drawn.remove();
  }, []);

  useEffect(() => chart.current?.show(columnsOf(losses)), [losses]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: darkness changes what colours come to
  useEffect(() => chart.current?.restyle({ logarithmic, labels }), [logarithmic, dark]);

  return <div class="chart" ref={holder} role="img" aria-label={label} />;
}

/** Whether the page is dark, by the system's choice or the person's; changes when that does. */
function useDarkness(): string {
  const [dark, setDark] = useState("");
  useEffect(() => {
    const look = () => setDark(getComputedStyle(document.documentElement).color);
    look();
    const system = matchMedia("(prefers-color-scheme: dark)");
    system.addEventListener("change", look);
    const chosen = new MutationObserver(look);
    chosen.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    return () => {
      system.removeEventListener("change", look);
      chosen.disconnect();
    };
  }, []);
  return dark;
}
