import type { ReadonlySignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { buttonOf } from "../../shared/actions";
import { fitScale } from "../../shared/viewer/lie";
import { labelOf, paddedNumber } from "../core/contract";
import { current, voteOn } from "../core/reads";
import { voteInWords } from "../core/says";
import { Beside } from "./beside";
import { useDesk } from "./context";
import { Icon } from "./icons";
import { Latest, ToldLater } from "./latest";
import { Closer, LookTools } from "./look";
import { ModeSwitch } from "./modes";
import { PinnedLater } from "./pinned-later";
import { type Seen, useViewing } from "./viewing";

/** The picture has all the room; its place stands above it, and once it has my vote, number and name. */
export function Stage() {
  const { desk, say } = useDesk();
  const session = desk.session;
  const item = current(session);
  const cast = voteOn(session, session.at);
  const vote = cast && voteInWords(desk.messages, session.manual, cast);
  return (
    <section class="stage" aria-label={item ? say("picture", { number: labelOf(item) }) : ""}>
      <header class="stage__head">
        <span class="stage__number">{item && labelOf(item)}</span>
        <span class="stage__name" title={item?.name}>
          {typeof item?.number === "number" && `${paddedNumber(item.number)} · ${item.name}`}
        </span>
        {cast && vote && (
          <span class={`badge badge--${cast.verdict}`} title={say("yourVote", { vote })}>
            {vote}
          </span>
        )}
        <LookTools />
        <ModeSwitch />
      </header>
      <Shown />
      <Walk />
      <Latest />
      <ToldLater />
      <PinnedLater />
    </section>
  );
}

function Shown() {
  const { desk, say } = useDesk();
  const room = useRef<HTMLDivElement>(null);
  const item = current(desk.session);
  void desk.pictures.arrived.value; // A picture that has become ready is looked at again.
  const state = item ? desk.pictures.pool.state(item.preview_url) : "loading";
  const element = item && state === "ready" ? desk.pictures.pool.element(item.preview_url) : null;

  useLayoutEffect(() => {
    if (item && element) {
      element.alt = say("picture", { number: labelOf(item) });
      element.style.setProperty("--width", `${element.naturalWidth}px`);
      element.style.setProperty("--height", `${element.naturalHeight}px`);
      room.current?.replaceChildren(element);
    } else {
      room.current?.replaceChildren();
    }
    desk.moment.begin();
  }, [desk, item, element, say]);
  const seen = useViewing(room, item, element);

  return (
    <div
      class="stage__room"
      data-shown={state === "ready" ? item?.id : undefined}
      data-zoomed={desk.looking.enlarged.value}
      data-beside={desk.looking.beside.value !== null}
      aria-busy={state === "loading"}
    >
      <div class="stage__picture" ref={room} />
      <Beside item={item} seen={seen} />
      <span class="stage__sign stage__sign--keep" aria-hidden="true">
        <Icon name="keep" />
        {say("keep")}
      </span>
      <span class="stage__sign stage__sign--reject" aria-hidden="true">
        <Icon name="reject" />
        {say("reject")}
      </span>
      <Enlarged seen={seen} />
      <Closer seen={seen} />
      {state === "loading" && <span class="spinner stage__spinner" />}
      {state === "failed" && <Failed />}
    </div>
  );
}

function Enlarged({ seen }: { seen: ReadonlySignal<Seen | null> }) {
  const { say } = useDesk();
  if (!seen.value || seen.value.lie.scale <= 1) return null;
  const percent = Math.round(fitScale(seen.value.frame) * seen.value.lie.scale * 100);
  return <span class="stage__zoom">{say("zoomed", { percent })}</span>;
}

function Failed() {
  const { desk, say } = useDesk();
  const isLineGone = desk.pictures.isLineGone.value;
  return (
    <div class="stage__failed" role="alert">
      <p>
        <strong>{say(isLineGone ? "pictureNotHere" : "pictureFailed")}</strong>
        <br />
        {say(isLineGone ? "pictureNotHereHow" : "pictureFailedHow")}
      </p>
      <button type="button" class="button" onClick={() => desk.pictures.pool.retry()}>
        {say("tryAgain")}
      </button>
    </div>
  );
}

function Walk() {
  const { back, forward } = useDesk().actions;
  return (
    <>
      <button {...buttonOf(back)} class="stage__walk stage__walk--back" aria-label={back.label}>
        <Icon name="back" />
      </button>
      <button
        {...buttonOf(forward)}
        class="stage__walk stage__walk--forward"
        aria-label={forward.label}
      >
        <Icon name="forward" />
      </button>
    </>
  );
}
