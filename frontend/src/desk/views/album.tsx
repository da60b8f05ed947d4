import { useEffect, useRef } from "preact/hooks";
import { Viewer } from "../../shared/viewer/viewer";
import { swipeMeans } from "../input/swipe";
import { useDesk } from "./context";

/** Portraits over the picture: a swipe or an arrow leads to the next, a pinch comes closer. */
export function AlbumDialog() {
  const { desk, say } = useDesk();
  const dialog = useRef<HTMLDialogElement>(null);
  const album = desk.looking.album.value;
  const isOpen = album !== null;
  useEffect(() => {
    if (isOpen) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isOpen]);
  const close = () => {
    desk.looking.album.value = null;
  };
  const turn = (by: -1 | 1) => desk.looking.turnAlbum(by);
  const last = (album?.portraits.length ?? 1) - 1;
  return (
    <dialog
      ref={dialog}
      class="album"
      aria-label={album ? say("album", { name: album.of }) : undefined}
      onClose={close}
      onKeyDown={(event) => {
        if (event.key === "ArrowLeft") turn(-1);
        if (event.key === "ArrowRight") turn(1);
      }}
    >
      {album && (
        <div class="album__room">
          <header class="album__top">
            <strong>{album.of}</strong>
            <span class="muted">{album.portraits[album.at]?.caption}</span>
            <span class="album__place">
              {album.at + 1} / {last + 1}
            </span>
            <button type="button" class="button button--small" onClick={close}>
              {say("close")}
            </button>
          </header>
          <Page />
          {last > 0 && (
            <nav class="album__turns">
              <button
                type="button"
                class="button"
                disabled={album.at === 0}
                onClick={() => turn(-1)}
              >
                ← {say("albumBefore")}
              </button>
              <button
                type="button"
                class="button"
                disabled={album.at === last}
                onClick={() => turn(1)}
              >
                {say("albumAfter")} →
              </button>
            </nav>
          )}
        </div>
      )}
    </dialog>
  );
}

function Page() {
  const { desk } = useDesk();
  const stage = useRef<HTMLDivElement>(null);
  const viewer = useRef<Viewer | null>(null);
  const album = desk.looking.album.value;
  const portrait = album?.portraits[album.at];
  useEffect(() => {
    if (!stage.current) return;
    const made = new Viewer(stage.current, {
      mouseSwipes: true,
      swipe(swipe) {
        const meaning = swipeMeans(swipe);
        if (meaning) desk.looking.turnAlbum(meaning === "keep" ? -1 : 1);
      },
    });
    viewer.current = made;
    return () => made.stop();
  }, [desk]);
  const url = portrait?.url;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another portrait is another element
  useEffect(() => viewer.current?.show(stage.current?.querySelector("img") ?? null), [url]);
  return (
    <div class="album__stage" ref={stage}>
      {portrait && (
        <img
          key={portrait.url}
          src={portrait.url}
          alt={portrait.caption || album?.of}
          draggable={false}
        />
      )}
    </div>
  );
}
