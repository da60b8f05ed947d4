import { useLayoutEffect, useRef } from "preact/hooks";
import { buttonOf, signFor } from "../../shared/actions";
import { type DeskItem, labelOf } from "../core/contract";
import { voteInWords } from "../core/says";
import { isGone } from "../modes/page";
import { useDesk } from "./context";
import { Icon } from "./icons";
import { LatestPage } from "./latest";
import { ModeSwitch } from "./modes";
import { PinnedLater } from "./pinned-later";

/** A finger that rests this long on a picture enlarges it. */
const HOLD_MS = 420;

function keepFocus(event: MouseEvent): void {
  event.preventDefault();
}

/** A page of pictures, of which the fewer side is marked. */
export function GridStage() {
  const { desk, say } = useDesk();
  const grid = desk.modes.page ?? desk.modes.grid;
  const { items } = grid.page.value;
  const size = grid.size.value;
  void desk.pictures.arrived.value;
  const shown = items.filter(grid.isShown).map(({ id }) => String(id));
  const seen = shown.join();
  // What has only just come has not been looked at.
  useLayoutEffect(() => {
    if (seen) desk.moment.begin();
  }, [desk, seen]);
  return (
    <section class="stage" aria-label={say("gridPage", { count: items.length })}>
      <GridHead />
      <div
        class={grid.isBurst ? "grid grid--group" : "grid"}
        data-size={size}
        data-rows={Math.ceil(items.length / size)}
        data-shown={shown.length}
        data-zoomed={grid.isBurst && desk.panels.zoomed.value}
        onPointerMove={aim}
      >
        {items.map((item) => (
          <Cell key={item.id} item={item} />
        ))}
      </div>
      {!grid.isBurst && <Enlarged />}
      <LatestPage />
      <PinnedLater />
    </section>
  );
}

/** All pictures of a group are enlarged at the same place: where the pointer is in one of them. */
function aim(event: PointerEvent): void {
  const cell = event.target instanceof Element ? event.target.closest(".cell") : null;
  if (!cell || !(event.currentTarget instanceof HTMLElement)) return;
  const { left, top, width, height } = cell.getBoundingClientRect();
  const across = Math.round((100 * (event.clientX - left)) / width);
  const down = Math.round((100 * (event.clientY - top)) / height);
  event.currentTarget.style.setProperty("--aim", `${across}% ${down}%`);
}

function GridHead() {
  const { desk, actions } = useDesk();
  const { grid } = actions;
  if (desk.modes.page?.isBurst) {
    return (
      <header class="stage__head grid-head">
        <button {...buttonOf(grid.look)} class="grid-head__way" onMouseDown={keepFocus}>
          {grid.look.label} <kbd>{signFor(grid.look)}</kbd>
        </button>
        <AskTool />
        <ModeSwitch />
      </header>
    );
  }
  return (
    <header class="stage__head grid-head">
      <button {...buttonOf(grid.way)} class="grid-head__way" onMouseDown={keepFocus}>
        <Icon name="several" />
        {grid.way.label}
      </button>
      <AskTool />
      {[grid.larger, grid.smaller].map((action) => (
        <button
          key={action.id}
          {...buttonOf(action)}
          class="modes__one"
          aria-label={action.label}
          title={`${action.label} (${signFor(action)})`}
          onMouseDown={keepFocus}
        >
          {signFor(action)}
        </button>
      ))}
      <ModeSwitch />
    </header>
  );
}

function AskTool() {
  const { desk, actions } = useDesk();
  const { ask } = actions;
  return (
    <button
      {...buttonOf(ask)}
      class="look__tool"
      aria-pressed={desk.panels.choosing.value}
      title={ask.help}
      onMouseDown={keepFocus}
    >
      {ask.label} <kbd>{signFor(ask)}</kbd>
    </button>
  );
}

function Cell({ item }: { item: DeskItem }) {
  const { desk, say } = useDesk();
  const grid = desk.modes.page ?? desk.modes.grid;
  const { marks, framed } = grid.page.value;
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const heldLong = useRef(false);
  const mark = marks[item.id];
  const session = desk.session;
  const vote = mark ?? grid.rest;
  const words = vote ? voteInWords(desk.messages, session.manual, vote) : say("reject");
  const questions = desk.asking.about(item.id);
  const isAnswered = questions.some(({ answer }) => answer !== "");
  const asked = questions.length > 0 && say(isAnswered ? "askAnswered" : "askOpen");
  const rest = () => {
    heldLong.current = false;
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      if (grid.isBurst) return;
      heldLong.current = true;
      grid.frame(item.id);
      desk.panels.zoomed.value = true;
    }, HOLD_MS);
  };
  const stop = () => clearTimeout(timer.current);
  return (
    <button
      type="button"
      class="cell"
      tabIndex={-1}
      disabled={isGone(session, item)}
      aria-pressed={mark !== undefined}
      aria-label={[labelOf(item), words, asked].filter(Boolean).join(" · ")}
      data-item={item.id}
      data-framed={framed === item.id}
      data-verdict={mark?.verdict ?? (grid.isBurst && framed === item.id ? "keep" : undefined)}
      onMouseDown={keepFocus}
      onPointerDown={rest}
      onPointerUp={stop}
      onPointerLeave={stop}
      onPointerCancel={stop}
      onContextMenu={(event) => event.preventDefault()}
      onClick={() => {
        if (!heldLong.current) desk.askingAbout.tap(item.id);
        heldLong.current = false;
      }}
    >
      <Picture item={item} />
      <span class="cell__number" aria-hidden="true">
        {labelOf(item)}
      </span>
      {asked && (
        <span class="cell__asked" title={asked} aria-hidden="true">
          ?
        </span>
      )}
      {mark && (
        <span class={`badge badge--${mark.verdict} cell__mark`} aria-hidden="true">
          {mark.verdict === "reject" ? words.slice(words.search(/[:：]/) + 1) : words}
        </span>
      )}
    </button>
  );
}

function Picture({ item }: { item: DeskItem }) {
  const { desk, say } = useDesk();
  const room = useRef<HTMLSpanElement>(null);
  const { pool } = desk.pictures;
  void desk.pictures.arrived.value;
  const url = (desk.modes.page ?? desk.modes.grid).addressOf(item);
  const state = pool.state(url);
  useLayoutEffect(() => {
    const element = state === "ready" ? pool.element(url) : null;
    if (element) element.alt = "";
    room.current?.replaceChildren(...(element ? [element] : []));
  }, [pool, url, state]);
  return (
    <>
      <span class="cell__picture" ref={room} />
      {state === "loading" && <span class="spinner" />}
      {state === "failed" && <span class="cell__failed">{say("pictureFailed")}</span>}
    </>
  );
}

/** The framed picture, as large as the page. */
function Enlarged() {
  const { desk, actions, say } = useDesk();
  const item = (desk.modes.page ?? desk.modes.grid).framed;
  if (!item || !desk.panels.zoomed.value) return null;
  const number = labelOf(item);
  return (
    <button
      {...buttonOf(actions.grid.look)}
      class="grid-large"
      aria-label={say("picture", { number })}
      onMouseDown={keepFocus}
    >
      <img src={item.preview_url} alt="" />
    </button>
  );
}

/** The reasons, and the button that sends the page. */
export function GridBar() {
  const { desk, actions, say } = useDesk();
  const { reasons, unsure, keepFramed, distinct } = actions.grid;
  const grid = desk.modes.page ?? desk.modes.grid;
  const send = grid.isBurst ? keepFramed : actions.grid.send;
  const keeps = grid.way.value === "keep";
  const hint = say(grid.isBurst ? "burstHow" : keeps ? "gridChooseRest" : "gridChooseFirst");
  const isRestChosen = grid.reason.value !== null && keeps;
  const isChoosing = desk.panels.choosing.value;
  return (
    <fieldset class="grid-bar">
      <legend class="visually-hidden">{say("whyReject")}</legend>
      <p class="grid-bar__hint" data-needed={isChoosing || grid.reason.value === null}>
        {isChoosing ? say("askChoose") : isRestChosen ? say("gridRestIs") : hint}
      </p>
      <div class="grid-bar__reasons">
        {[...(grid.isBurst ? [distinct] : reasons), unsure].map((action) => (
          <button
            key={action.id}
            {...buttonOf(action)}
            class="reason"
            title={action.hint}
            onMouseDown={keepFocus}
          >
            <kbd>{signFor(action)}</kbd>
            <span>{action.label}</span>
          </button>
        ))}
      </div>
      <button
        {...buttonOf(send)}
        class="verdict verdict--keep grid-bar__send"
        onMouseDown={keepFocus}
      >
        {send.label} <kbd>{signFor(send)}</kbd>
      </button>
    </fieldset>
  );
}
