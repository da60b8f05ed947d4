import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { paddedNumber } from "../../desk/core/contract";
import { buttonOf, signFor } from "../../shared/actions";
import { Viewer } from "../../shared/viewer/viewer";
import type { RoomProps } from "./context";

/** Small pictures are shown at most twice their size: beyond that there is nothing to see. */
const LARGEST_FIT = 2;

export function Stage({ judge, actions }: RoomProps) {
  const { say } = judge.messages;
  const room = useRef<HTMLDivElement>(null);
  const viewer = useRef<Viewer | null>(null);
  const shown = judge.current;
  void judge.arrived.value; // A picture that has become ready is looked at again.
  const url = shown?.preview_url ?? "";
  const state = judge.pool.state(url);
  const picture = judge.pool.element(url);
  const aim = judge.aim.value;

  useEffect(() => {
    if (!room.current) return;
    const made = new Viewer(room.current, {
      largest: LARGEST_FIT,
      onChange({ scale }, _, byHand) {
        if (byHand) judge.aim.value = scale > 1 ? "hand" : "whole";
      },
    });
    viewer.current = made;
    return () => made.stop();
  }, [judge]);

  useLayoutEffect(() => {
    if (picture && shown) {
      picture.alt = say("picture", { number: paddedNumber(shown.number) });
      picture.style.setProperty("--width", `${picture.naturalWidth}px`);
      picture.style.setProperty("--height", `${picture.naturalHeight}px`);
      room.current?.replaceChildren(picture);
    } else {
      room.current?.replaceChildren();
    }
    judge.moment.begin();
  }, [judge, picture, shown, say]);

  useEffect(() => {
    viewer.current?.show(picture);
    if (aim === "whole") viewer.current?.whole();
    else if (aim === "actual") viewer.current?.actual();
    else if (aim === "face") viewer.current?.face(shown?.faces[0]);
  }, [aim, picture, shown]);

  if (!shown) return null;
  return (
    <section
      class="ruling__stage"
      aria-label={say("picture", { number: paddedNumber(shown.number) })}
    >
      <header class="ruling__head">
        <a class="mono" href={shown.url}>
          {paddedNumber(shown.number)}
        </a>
        <span class="ruling__name" title={shown.name}>
          {shown.name}
        </span>
        <span class="ruling__looks">
          {actions.looks.map((look) => (
            <button {...buttonOf(look)} key={look.id} class="button button--small button--quiet">
              {look.label} <kbd>{signFor(look)}</kbd>
            </button>
          ))}
        </span>
      </header>
      <div class="ruling__picture" data-shown={picture ? shown.image_id : undefined} ref={room} />
      {state === "failed" && (
        <div class="ruling__failed" role="alert">
          <p>{say("pictureFailed")}</p>
          <button type="button" class="button" onClick={() => judge.pool.retry()}>
            {say("tryAgain")}
          </button>
        </div>
      )}
      {(["back", "forward"] as const).map((way) => (
        <button
          {...buttonOf(actions[way])}
          key={way}
          class={`ruling__walk ruling__walk--${way}`}
          aria-label={actions[way].label}
        >
          {way === "back" ? "←" : "→"}
        </button>
      ))}
    </section>
  );
}
