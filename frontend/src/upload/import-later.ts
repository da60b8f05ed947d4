import { signal } from "@preact/signals";
import type { Sender } from "./sender";

/** The button "Import" may be pressed before all has arrived: the form is sent when it has. */
export class ImportLater {
  readonly isWanted = signal(false);

  constructor(form: HTMLFormElement, sender: Sender) {
    form.addEventListener("submit", (event) => {
      const going = sender.going.value;
      if (going !== "sending" && going !== "broken") return;
      event.preventDefault();
      this.isWanted.value = true;
    });
    sender.going.subscribe((going) => {
      if (going !== "done" || !this.isWanted.value) return;
      this.isWanted.value = false;
      // What was refused is for a person to look at first.
      if (sender.failed.value.length === 0) form.requestSubmit();
    });
  }
}
