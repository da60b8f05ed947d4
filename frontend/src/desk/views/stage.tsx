import { useLayoutEffect, useRef } from "preact/hooks";
import { buttonOf } from "../../shared/actions";
import { paddedNumber } from "../core/contract";
import { current, voteOn } from "../core/reads";
import { voteInWords } from "../core/says";
import { useDesk } from "./context";
import { useGestures } from "./gestures";
import { Icon } from "./icons";
import { Latest } from "./latest";

/** The picture has all the room; its number and name stand above it. */
export function Stage() {
  const { desk, say } = useDesk();
  const session = desk.session;
  const item = current(session);
  const cast = voteOn(session, session.at);
  const vote = cast && voteInWords(desk.messages, session.manual, cast);
  return (
    <section class="stage" aria-label={item ? say("picture", { number: label(item.number) }) : ""}>
      <header class="stage__head">
        <span class="stage__number">{item && label(item.number)}</span>
        <span class="stage__name" title={item?.name}>
          {item?.name}
        </span>
        {cast && vote && (
          <span class={`badge badge--${cast.verdict}`} title={say("yourVote", { vote })}>
            {vote}
          </span>
        )}
      </header>
      <Shown />
      <Walk />
      <Latest />
    </section>
  );
}

const label = paddedNumber;

function Shown() {
  const { desk, say } = useDesk();
  const room = useRef<HTMLDivElement>(null);
  const item = current(desk.session);
  void desk.pictures.arrived.value; // A picture that has become ready is looked at again.
  const state = item ? desk.pictures.pool.state(item.preview_url) : "loading";
  const zoom = useGestures(room);

  useLayoutEffect(() => {
    const element = item && state === "ready" ? desk.pictures.pool.element(item.preview_url) : null;
    if (item && element) {
      element.alt = say("picture", { number: label(item.number) });
      element.style.setProperty("--width", `${element.naturalWidth}px`);
      element.style.setProperty("--height", `${element.naturalHeight}px`);
      room.current?.replaceChildren(element);
    } else {
      room.current?.replaceChildren();
    }
  }, [desk, item, state, say]);

  return (
    <div
      class="stage__room"
      data-shown={state === "ready" ? item?.id : undefined}
      data-zoomed={desk.panels.zoomed.value}
      aria-busy={state === "loading"}
    >
      <div class="stage__picture" ref={room} />
      <span class="stage__sign stage__sign--keep" aria-hidden="true">
        <Icon name="keep" />
        {say("keep")}
      </span>
      <span class="stage__sign stage__sign--reject" aria-hidden="true">
        <Icon name="reject" />
        {say("reject")}
      </span>
      {zoom !== null && <span class="stage__zoom">{say("zoomed", { percent: zoom })}</span>}
      {state === "loading" && <span class="spinner stage__spinner" />}
      {state === "failed" && <Failed />}
    </div>
  );
}

function Failed() {
  const { desk, say } = useDesk();
  return (
    <div class="stage__failed" role="alert">
      <p>
        <strong>{say("pictureFailed")}</strong>
        <br />
        {say("pictureFailedHow")}
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
