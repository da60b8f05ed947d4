/** What is laid over the picture. */
import { signal } from "@preact/signals";

export type Panel = "manual" | "help" | "people";

export class Panels {
  readonly open = signal<Panel | null>(null);
  /** On a phone: the reasons are laid open over the picture. */
  readonly sheet = signal(false);
  readonly zoomed = signal(false);
  /** Votes that were refused are listed over the picture; put off, the line at the top names them. */
  readonly refusals = signal(true);

  toggle(panel: Panel): void {
    this.open.value = this.open.value === panel ? null : panel;
  }

  /** A new picture is seen whole. */
  clear(): void {
    this.sheet.value = false;
    this.zoomed.value = false;
  }
}
