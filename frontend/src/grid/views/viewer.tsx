import { useEffect, useRef, useState } from "preact/hooks";
import type { GridImage, Setting } from "../core/contract";
import { FACT_KEYS, factOf } from "../core/facts";
import { suspicionOf } from "../core/suspicion";
import { type Lie, panned, tapped, WHOLE, zoomed } from "../core/zoom";
import type { Grid } from "../grid";
import { listenToZooming } from "../input/zooming";
import { numberOf } from "./cell";

interface ViewerProps {
  readonly grid: Grid;
  readonly setting: Setting;
}

/** One picture, large, with what is known of it; arrows lead to its neighbours in the list. */
export function Viewer({ grid, setting }: ViewerProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const position = grid.viewed.value;
  const isOpen = position !== null;
  grid.arrivals.value; // The neighbour may be in a window that is still to come.
  useEffect(() => {
    if (isOpen) dialog.current?.showModal();
    else {
      dialog.current?.close();
      document.getElementById("sheet")?.focus({ preventScroll: true });
    }
  }, [isOpen]);
  const image = position === null ? null : grid.at(position);
  return (
    <dialog
      ref={dialog}
      class="viewer"
      aria-label={image ? grid.messages.say("viewer", { number: numberOf(image) }) : undefined}
      onClose={() => grid.closeViewer()}
      onKeyDown={(event) => onKey(grid, event)}
    >
      {position !== null && (
        <Room grid={grid} setting={setting} position={position} image={image} />
      )}
    </dialog>
  );
}

interface RoomProps extends ViewerProps {
  readonly position: number;
  readonly image: GridImage | null;
}

/** The picture has the focus, not a button: the space bar chooses it. */
function focused(room: HTMLElement | null): void {
  room?.focus({ preventScroll: true });
}

function Room({ grid, setting, position, image }: RoomProps) {
  const { say, language } = grid.messages;
  const total = grid.total.value ?? 0;
  const isChosen = image !== null && grid.isChosen(image);
  return (
    <div class="viewer__room" tabIndex={-1} ref={focused}>
      <header class="viewer__top">
        <strong class="viewer__number">{image && numberOf(image)}</strong>
        {image && (
          <span class={`badge badge--${badgeOf(image)}`}>{say(`state_${image.state}`)}</span>
        )}
        <span class="viewer__place">
          {say("viewerPlace", {
            position: (position + 1).toLocaleString(language),
            total: total.toLocaleString(language),
          })}
        </span>
        <button
          type="button"
          class="button button--small viewer__choose"
          aria-pressed={isChosen}
          disabled={!image}
          onClick={() => grid.toggle(position)}
        >
          {isChosen ? `✓ ${say("letPictureGo")}` : say("choosePicture")}
        </button>
        <button
          type="button"
          class="viewer__close"
          aria-label={say("close")}
          onClick={() => grid.closeViewer()}
        >
          ×
        </button>
      </header>
      <Stage key={position} grid={grid} position={position} image={image} />
      <aside class="viewer__side">
        {image && <Facts grid={grid} setting={setting} image={image} />}
        {image && (
          <a class="button" href={`${setting.pages}${image.number}/`}>
            {say("viewerAll")}
          </a>
        )}
      </aside>
    </div>
  );
}

function Stage({ grid, position, image }: Omit<RoomProps, "setting">) {
  const stage = useRef<HTMLDivElement>(null);
  const [lie, setLie] = useState<Lie>(WHOLE);
  const large = useRef(false);
  large.current = lie.scale > 1;
  const { say } = grid.messages;
  useEffect(() => {
    const element = stage.current;
    if (!element) return;
    const size = () => ({ width: element.clientWidth, height: element.clientHeight });
    return listenToZooming(element, {
      zoom: (factor, x, y) => setLie((now) => zoomed(now, factor, { x, y }, size())),
      pan: (x, y) => setLie((now) => panned(now, { x, y }, size())),
      tapTwice: (x, y) => setLie((now) => tapped(now, { x, y }, size())),
      isLarge: () => large.current,
      swipe: (by) => grid.view(position + by),
    });
  }, [grid, position]);
  useNeighbours(grid, position);
  const total = grid.total.value ?? 0;
  return (
    <div class="viewer__middle">
      <div
        ref={stage}
        class={`viewer__stage${lie.scale > 1 ? " viewer__stage--large" : ""}`}
        style={
          image
            ? { backgroundImage: lie.scale > 1 ? "none" : `url("${image.folder}thumb.webp")` }
            : {}
        }
      >
        {image && (
          <img
            class="viewer__image"
            src={`${image.folder}preview.webp`}
            alt={image.name}
            draggable={false}
            style={{ transform: `translate(${lie.x}px, ${lie.y}px) scale(${lie.scale})` }}
          />
        )}
      </div>
      <button
        type="button"
        class="viewer__turn viewer__turn--before"
        aria-label={say("viewerBefore")}
        disabled={position === 0}
        onClick={() => grid.view(position - 1)}
      >
        ‹
      </button>
      <button
        type="button"
        class="viewer__turn viewer__turn--after"
        aria-label={say("viewerAfter")}
        disabled={position >= total - 1}
        onClick={() => grid.view(position + 1)}
      >
        ›
      </button>
      <span class="viewer__zoom">
        <button
          type="button"
          aria-label={say("viewerZoomOut")}
          disabled={lie.scale <= 1}
          onClick={() => setLie((now) => stepped(now, 1 / 1.6, stage.current))}
        >
          −
        </button>
        <button
          type="button"
          aria-label={say("viewerZoomIn")}
          onClick={() => setLie((now) => stepped(now, 1.6, stage.current))}
        >
          +
        </button>
      </span>
    </div>
  );
}

function stepped(lie: Lie, factor: number, stage: HTMLElement | null): Lie {
  const { clientWidth: width = 0, clientHeight: height = 0 } = stage ?? {};
  return zoomed(lie, factor, { x: 0, y: 0 }, { width, height });
}

/** The pictures beside it are fetched before anybody asks for them. */
function useNeighbours(grid: Grid, position: number): void {
  useEffect(() => {
    for (const beside of [position + 1, position - 1]) {
      const image = beside < 0 ? null : grid.at(beside);
      if (image) new Image().src = `${image.folder}preview.webp`;
    }
  }, [grid, position]);
}

interface FactsProps {
  readonly grid: Grid;
  readonly setting: Setting;
  readonly image: GridImage;
}

function Facts({ grid, setting, image }: FactsProps) {
  const suspicion = suspicionOf(image, setting);
  const { say, language } = grid.messages;
  return (
    <dl class="facts">
      <dt>{say("viewerName")}</dt>
      <dd class="viewer__name">{image.name}</dd>
      <dt>{say("viewerSize")}</dt>
      <dd>
        {image.width} × {image.height}
      </dd>
      <dt>{say("viewerBatch")}</dt>
      <dd>{image.batch ?? say("viewerNone")}</dd>
      {FACT_KEYS.map((key) => (
        <>
          <dt>{say(`sort_${key}`)}</dt>
          <dd>{factOf(image.facts, key, language)}</dd>
        </>
      ))}
      {suspicion && (
        <>
          <dt>{say("filter_suspected")}</dt>
          <dd>{suspicion}</dd>
        </>
      )}
    </dl>
  );
}

const BADGES = { wanted: "pending", new: "new" } as const;

function badgeOf({ state }: GridImage): string {
  return state === "wanted" || state === "new" ? BADGES[state] : state;
}

function onKey(grid: Grid, event: KeyboardEvent): void {
  const position = grid.viewed.value;
  if (position === null || event.altKey || event.ctrlKey || event.metaKey) return;
  const isOnButton = event.target instanceof Element && event.target.closest("button, a");
  if (event.key === "ArrowLeft") grid.view(position - 1);
  else if (event.key === "ArrowRight") grid.view(position + 1);
  else if (event.key === " " && !isOnButton) grid.toggle(position);
  else return;
  event.preventDefault();
}
