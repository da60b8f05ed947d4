/** The chart of the losses: uPlot in our colours, light or dark. */
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import type { Columns } from "./curve";

export interface ChartLook {
  readonly logarithmic: boolean;
  readonly labels: { readonly step: string; readonly a: string; readonly b: string };
}

/** Which point the pointer is at; null when it is elsewhere. */
export type OnPoint = (index: number | null) => void;

const HEIGHT_SHARE = 0.72;

export class Chart {
  readonly #holder: HTMLElement;
  readonly #onPoint: OnPoint;
  #plot: uPlot | null = null;
  #columns: Columns;
  #look: ChartLook;
  readonly #resized: ResizeObserver;

  constructor(holder: HTMLElement, columns: Columns, look: ChartLook, onPoint: OnPoint) {
    this.#holder = holder;
    this.#columns = columns;
    this.#look = look;
    this.#onPoint = onPoint;
    this.#resized = new ResizeObserver(() => this.#plot?.setSize(this.#size()));
    this.#resized.observe(holder);
    this.#draw();
  }

  show(columns: Columns): void {
    this.#columns = columns;
    this.#plot?.setData(columns);
  }

  /** Another scale or other colours need a new drawing. */
  restyle(look: ChartLook): void {
    this.#look = look;
    this.#draw();
  }

  remove(): void {
    this.#resized.disconnect();
    this.#plot?.destroy();
  }

  #draw(): void {
    this.#plot?.destroy();
    const ink = colourOf(this.#holder, "chart__ink");
    const grid = { stroke: colourOf(this.#holder, "chart__grid"), width: 1 };
    const font = `12px ${getComputedStyle(this.#holder).fontFamily}`;
    const axis = { stroke: ink, grid, ticks: grid, font };
    const { labels, logarithmic } = this.#look;
    const options: uPlot.Options = {
      ...this.#size(),
      scales: { x: { time: false }, y: logarithmic ? { distr: 3 } : { range: fromZero } },
      axes: [axis, { ...axis, size: 64, values: (_plot, ticks) => ticks.map(tickInWords) }],
      legend: { show: false },
      cursor: { y: false, points: { show: false } },
      hooks: { setCursor: [(plot) => this.#onPoint(plot.cursor.idx ?? null)] },
      series: [
        { label: labels.step },
        this.#faint(labels.a, "chart__a"),
        this.#faint(labels.b, "chart__b"),
        this.#firm(labels.a, "chart__a", []),
        // Dashed, so that colour is not all that tells the two apart.
        this.#firm(labels.b, "chart__b", [7, 4]),
      ],
    };
    this.#plot = new uPlot(options, this.#columns, this.#holder);
  }

  /** A side's losses as reported. */
  #faint(label: string, name: string): uPlot.Series {
    const stroke = colourOf(this.#holder, name);
    return { label, stroke, width: 1, alpha: 0.28, points: { show: false } };
  }

  /** A side's losses smoothed. */
  #firm(label: string, name: string, dash: number[]): uPlot.Series {
    const stroke = colourOf(this.#holder, name);
    return { label, stroke, width: 2, dash, points: { show: false } };
  }

  #size(): { width: number; height: number } {
    const width = Math.max(this.#holder.clientWidth, 200);
    return { width, height: Math.round(Math.min(Math.max(width * HEIGHT_SHARE, 200), 460)) };
  }
}

/** Colours live in the style sheet; a canvas needs their computed values. */
function colourOf(holder: HTMLElement, name: string): string {
  const probe = document.createElement("span");
  probe.className = name;
  probe.hidden = true;
  holder.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

function fromZero(_plot: uPlot, _least: number, most: number): [number, number] {
  return [0, (most || 1) * 1.05];
}

function tickInWords(value: number | null): string {
  if (value === null) return "";
  return value !== 0 && Math.abs(value) < 0.001 ? value.toExponential(0) : `${+value.toFixed(4)}`;
}
