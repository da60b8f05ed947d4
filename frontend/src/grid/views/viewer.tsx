import { useEffect, useRef, useState } from "preact/hooks";
import { Viewer as PictureViewer } from "../../shared/viewer/viewer";
import type { GridImage, Setting } from "../core/contract";
import { FACT_KEYS, factOf } from "../core/facts";
import { goldOf } from "../core/gold";
import { suspicionOf } from "../core/suspicion";
import type { Grid } from "../grid";
import { numberOf } from "./cell";

const SWIPE_PX = 56;
/** By so much a button enlarges. */
const STEP = 1.6;

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
  const viewer = useRef<PictureViewer | null>(null);
  const [isLarge, setLarge] = useState(false);
  const { say } = grid.messages;
  useEffect(() => {
    if (!stage.current) return;
    const made = new PictureViewer(stage.current, {
      mouseSwipes: true,
      swipe: ({ dx }) => {
        if (Math.abs(dx) > SWIPE_PX) grid.view(position + (dx > 0 ? -1 : 1));
      },
      onChange: (lie) => setLarge(lie.scale > 1),
    });
    viewer.current = made;
    return () => made.stop();
  }, [grid, position]);
  useEffect(() => {
    viewer.current?.show(image ? (stage.current?.querySelector("img") ?? null) : null);
  }, [image]);
  useNeighbours(grid, position);
  const total = grid.total.value ?? 0;
  return (
    <div class="viewer__middle">
      <div
        ref={stage}
        class={`viewer__stage${isLarge ? " viewer__stage--large" : ""}`}
        style={
          image ? { backgroundImage: isLarge ? "none" : `url("${image.folder}thumb.webp")` } : {}
        }
      >
        {image && (
          <img
            class="viewer__image"
            src={`${image.folder}preview.webp`}
            alt={image.name}
            draggable={false}
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
          disabled={!isLarge}
          onClick={() => viewer.current?.step(1 / STEP)}
        >
          −
        </button>
        <button
          type="button"
          aria-label={say("viewerZoomIn")}
          onClick={() => viewer.current?.step(STEP)}
        >
          +
        </button>
      </span>
    </div>
  );
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
  const gold = goldOf(image, setting, grid.messages);
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
      {gold && (
        <>
          <dt>{say("filter_gold")}</dt>
          <dd>★ {gold}</dd>
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
