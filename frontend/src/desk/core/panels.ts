/** What is laid over the picture. */
import { signal } from "@preact/signals";

export type Panel = "manual" | "help" | "people";

export class Panels {
  readonly open = signal<Panel | null>(null);
  /** On a phone: the reasons are laid open over the picture. */
  readonly sheet = signal(false);
  readonly zoomed = signal(false);

  toggle(panel: Panel): void {
    this.open.value = this.open.value === panel ? null : panel;
  }

  /** A new picture is seen whole. */
  clear(): void {
    this.sheet.value = false;
    this.zoomed.value = false;
  }
}
