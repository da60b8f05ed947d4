import { useEffect, useId, useRef } from "preact/hooks";
import { KeysToChange } from "../../shared/views/own-keys";
import type { RoomProps } from "./context";

/** All keys of the room, each to be changed; at the desk they change with it. */
export function Keys({ judge, actions }: RoomProps) {
  const { say } = judge.messages;
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  const isOpen = judge.keysOpen.value;
  useEffect(() => {
    if (isOpen && !dialog.current?.open) dialog.current?.showModal();
    if (!isOpen && dialog.current?.open) dialog.current.close();
  }, [isOpen]);
  const close = () => {
    judge.keysOpen.value = false;
  };
  return (
    <dialog ref={dialog} aria-labelledby={titleId} onClose={close}>
      <article>
        <header>
          <h2 id={titleId}>{say("keysChange")}</h2>
          <button type="button" class="button button--quiet" onClick={close}>
            {say("close")}
          </button>
        </header>
        {isOpen && <KeysToChange keys={actions.keys} all={actions.all} say={say} />}
      </article>
    </dialog>
  );
}
