/** How the picture in view is looked at. What is set here is asked for; the stage does it. */
import { signal } from "@preact/signals";
import type { Portrait } from "./contract";

/** `hand`: where fingers, the mouse or the wheel have left it. */
export type Aim =
  | { readonly at: "whole" | "actual" | "hand" }
  | { readonly at: "face"; readonly nth: number };

/** Portraits laid over the picture, one at a time. */
export interface Album {
  readonly of: string;
  readonly portraits: readonly Portrait[];
  readonly at: number;
}

const WHOLE: Aim = { at: "whole" };
const BY_HAND: Aim = { at: "hand" };
const FIRST_FACE: Aim = { at: "face", nth: 0 };

export class Looking {
  readonly aim = signal<Aim>(WHOLE);
  /** Whether the picture is drawn larger than whole. */
  readonly enlarged = signal(false);
  /** The next picture begins at the face as well. */
  readonly stays = signal(false);
  /** Which of the portraits stands beside the picture. */
  readonly beside = signal<number | null>(null);
  readonly album = signal<Album | null>(null);

  get isWhole(): boolean {
    return this.aim.value.at === "whole" && !this.enlarged.value && this.beside.value === null;
  }

  /** Another picture: whole, unless faces are being looked at. */
  turn(): void {
    const atFace = this.stays.value || this.beside.value !== null;
    this.aim.value = atFace ? { ...FIRST_FACE } : WHOLE;
  }

  /** The picture lies where hands have moved it. */
  moved(isLarge: boolean): void {
    const at = isLarge ? "hand" : "whole";
    if (this.aim.value.at !== at) this.aim.value = isLarge ? BY_HAND : WHOLE;
  }

  /** The face, then each of the others from left to right, then the whole. */
  nextFace(count: number): void {
    const { value: aim } = this.aim;
    if (aim.at !== "face") this.aim.value = FIRST_FACE;
    else this.aim.value = aim.nth + 1 < count ? { at: "face", nth: aim.nth + 1 } : WHOLE;
  }

  toggleActual(): void {
    this.aim.value = this.aim.value.at === "actual" ? WHOLE : { at: "actual" };
  }

  toggleStay(): void {
    this.stays.value = !this.stays.value;
    if (this.stays.value && this.aim.value.at !== "face") this.aim.value = FIRST_FACE;
  }

  /** The first portrait beside the picture, then the next, then none. */
  nextBeside(count: number): void {
    const next = (this.beside.value ?? -1) + 1;
    if (next >= count) {
      this.beside.value = null;
      return;
    }
    if (this.beside.value === null && this.aim.value.at !== "face") this.aim.value = FIRST_FACE;
    this.beside.value = next;
  }

  whole(): void {
    this.aim.value = WHOLE;
    this.beside.value = null;
    this.stays.value = false;
  }

  openAlbum(of: string, portraits: readonly Portrait[], at: number): void {
    this.album.value = { of, portraits, at };
  }

  turnAlbum(by: -1 | 1): void {
    const { value: album } = this.album;
    if (!album) return;
    const last = album.portraits.length - 1;
    this.album.value = { ...album, at: Math.min(last, Math.max(0, album.at + by)) };
  }

  /** The pictures have to go. */
  close(): void {
    this.whole();
    this.album.value = null;
  }
}
