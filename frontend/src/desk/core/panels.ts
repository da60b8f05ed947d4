/** What is laid over the picture. */
import { signal } from "@preact/signals";

export type Panel = "manual" | "help" | "people" | "twins" | "along" | "ask";

export class Panels {
  readonly open = signal<Panel | null>(null);
  /** On a phone: the reasons are laid open over the picture. */
  readonly sheet = signal(false);
  /** The framed picture of the grid lies over the page. */
  readonly zoomed = signal(false);
  /** The next picture that is tapped is asked about, and not marked. */
  readonly choosing = signal(false);
  /** Votes that were refused are listed over the picture; put off, the line at the top names them. */
  readonly refusals = signal(true);

  toggle(panel: Panel): void {
    this.choosing.value = false;
    this.open.value = this.open.value === panel ? null : panel;
  }

  /** Nothing lies over a new picture. */
  clear(): void {
    this.sheet.value = false;
    this.zoomed.value = false;
    this.choosing.value = false;
  }
}
