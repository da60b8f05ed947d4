/** The desk's keys on the page of a contested picture: the same hand settles as judged. */
import { type Action, shortcutsOf } from "../shared/actions";
import { listenToKeys } from "../shared/listen";
import type { Messages } from "../shared/messages";

/** An action whose control the server has written into the page, where there is one. */
interface Ruling extends Action {
  readonly control: HTMLElement | null;
}

/** What can be done on the page as it stands; without a form to settle with, walking remains. */
export function rulingActions(page: Document, { say }: Messages): Ruling[] {
  const boxes = [...page.querySelectorAll<HTMLInputElement>("#ruling input[name=reasons]")];
  const keep = page.querySelector<HTMLButtonElement>("#ruling button[value=keep]");
  const reject = page.querySelector<HTMLButtonElement>("#ruling button[value=reject]");
  return [
    { id: "keep", label: say("keep"), keys: ["K"], ...pressing(keep) },
    ...boxes.map((box, index) => reasonAction(box, index + 1, boxes, reject)),
    {
      id: "confirm",
      label: say("reject"),
      keys: ["Enter"],
      ...pressing(reject),
      enabled: reject !== null && boxes.some(({ checked }) => checked),
    },
    {
      id: "cancel",
      label: say("cancel"),
      keys: ["Escape"],
      control: null,
      enabled: true,
      perform() {
        for (const box of boxes) box.checked = false;
      },
    },
    { id: "back", label: say("previous"), keys: ["ArrowLeft"], ...following(page, "prev") },
    { id: "forward", label: say("forward"), keys: ["ArrowRight"], ...following(page, "next") },
  ];
}

/** Hears the keyboard, and tells of the keys at the controls that they stand for; returns how to stop. */
export function listenForRulings(page: Document, messages: Messages): () => void {
  for (const action of rulingActions(page, messages)) {
    for (const [name, keys] of Object.entries(shortcutsOf(action))) {
      action.control?.setAttribute(name, keys);
    }
  }
  return listenToKeys({ actions: () => rulingActions(page, messages) });
}

/** A number alone settles at once; with Shift, or once others are ticked, it ticks its own. */
function reasonAction(
  box: HTMLInputElement,
  digit: number,
  boxes: readonly HTMLInputElement[],
  reject: HTMLButtonElement | null,
): Ruling {
  const toggle = () => {
    box.checked = !box.checked;
  };
  return {
    id: box.value,
    label: box.labels?.[0]?.querySelector("span")?.textContent ?? box.value,
    keys: [String(digit)],
    control: box,
    enabled: true,
    pressed: box.checked,
    collect: toggle,
    perform() {
      const collecting = boxes.some(({ checked }) => checked);
      toggle();
      if (!collecting) reject?.form?.requestSubmit(reject);
    },
  };
}

function pressing(button: HTMLButtonElement | null) {
  return {
    control: button,
    enabled: button !== null,
    perform: () => button?.form?.requestSubmit(button),
  };
}

function following(page: Document, direction: "prev" | "next") {
  const link = page.querySelector<HTMLAnchorElement>(`a[rel=${direction}]`);
  return { control: link, repeats: true, enabled: link !== null, perform: () => link?.click() };
}
