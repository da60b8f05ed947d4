/** The page's picture, enlarged by hand or by the button beside it. */
import { Viewer } from "../shared/viewer/viewer";

/** Small pictures are shown at most twice their size, as on the desk. */
const LARGEST_FIT = 2;

export function letEnlarge(stage: HTMLElement): void {
  const picture = stage.querySelector("img");
  const button = stage.parentElement?.querySelector<HTMLButtonElement>("[data-act=zoom]");
  if (!picture || !button) return;
  const viewer = new Viewer(stage, {
    largest: LARGEST_FIT,
    inScrolling: true,
    onChange({ scale }) {
      // The page scrolls under a finger only while the picture is whole.
      stage.toggleAttribute("data-large", scale > 1);
      button.setAttribute("aria-pressed", String(scale > 1));
    },
  });
  button.hidden = false;
  button.addEventListener("click", () => (viewer.isLarge ? viewer.whole() : viewer.actual()));
  const show = () => {
    picture.style.setProperty("--width", `${picture.naturalWidth}px`);
    picture.style.setProperty("--height", `${picture.naturalHeight}px`);
    viewer.show(picture);
  };
  if (picture.complete) show();
  else picture.addEventListener("load", show, { once: true });
}
