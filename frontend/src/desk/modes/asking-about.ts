/** Which picture a question to the organiser is about, and what came of asking it. */
import type { Messages } from "../../shared/messages";
import type { Asking } from "../core/asking";
import { type DeskItem, ENDS_THE_DESK } from "../core/contract";
import type { Judging } from "../core/judging";
import type { Panels } from "../core/panels";
import type { Modes } from "./modes";

interface Parts {
  readonly messages: Messages;
  readonly judging: Judging;
  readonly modes: Modes;
  readonly panels: Panels;
  readonly asking: Asking;
  /** The pictures may not be seen any more. */
  readonly onEnded: (code: string) => void;
}

export class AskingAbout {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** The picture that a question would be about. */
  get item(): DeskItem | null {
    const { judging, modes } = this.#parts;
    return modes.inFocus(judging.session.value);
  }

  /** Asks about the picture that is looked at; on a page with none framed, the next tap says which. */
  choose(): void {
    const { messages, judging, modes, panels } = this.#parts;
    const { choosing } = panels;
    if (this.item) panels.toggle("ask");
    else choosing.value = !choosing.value && !modes.isAtEnd(judging.session.value);
    if (choosing.value) judging.said.value = messages.say("askChoose");
  }

  /** A tap on a picture of the page. */
  tap(itemId: number): void {
    const { modes, panels } = this.#parts;
    const grid = modes.page ?? modes.grid;
    if (panels.choosing.value) {
      grid.frame(itemId);
      panels.toggle("ask");
    } else grid.tap(itemId);
  }

  /** Asks about an item, or takes that back; returns whether it is stored, or why not. */
  async ask(itemId: number, text: string | null): Promise<string | null> {
    const { judging, asking, onEnded } = this.#parts;
    const item = judging.session.value.items.find(({ id }) => id === itemId);
    const answer =
      text === null
        ? await asking.withdraw(itemId)
        : await asking.ask(itemId, text, item?.picture ?? "");
    if (answer.kind === "ok") return null;
    const code = answer.kind === "refused" ? answer.code : "offline";
    if (ENDS_THE_DESK.has(code)) onEnded(code);
    return code;
  }
}
