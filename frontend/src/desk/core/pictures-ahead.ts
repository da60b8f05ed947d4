/** The pictures of a batch, ready before they are wanted. */
import { signal } from "@preact/signals";
import { PicturePool } from "../../shared/pictures";
import type { DeskItem } from "./contract";
import { lookahead } from "./reads";
import type { Session } from "./state";

const PREFETCHED = 20;
/** Pictures behind the one in view that stay ready, for a quick way back. */
const KEPT_BEHIND = 4;

export class PicturesAhead {
  /** Counts up when a picture has become ready, so that views look again. */
  readonly arrived = signal(0);
  /** Nothing answers: what is not here cannot be had, and is not for the next person to decide. */
  readonly isLineGone = signal(false);
  readonly pool: PicturePool;

  constructor(makeImage?: (url: string) => HTMLImageElement) {
    this.pool = new PicturePool(() => this.arrived.value++, makeImage);
  }

  turnTo(session: Session): void {
    this.pool.want(lookahead(session, PREFETCHED, KEPT_BEHIND).map((item) => item.preview_url));
  }

  /** Once a picture has come, or could not: until then it has the line for itself. */
  whenOneHasCome(): Promise<void> {
    return new Promise((resolve) => {
      const stop = this.arrived.subscribe((number) => {
        if (number === 0) return;
        resolve();
        queueMicrotask(() => stop());
      });
    });
  }

  /** No picture stays, on the screen or ready for it; returns where they had come from. */
  drop(): string[] {
    return this.pool.drop();
  }

  isReady(item: DeskItem | null): boolean {
    return item !== null && this.pool.state(item.preview_url) === "ready";
  }

  hasFailed(item: DeskItem | null): boolean {
    return item !== null && this.pool.state(item.preview_url) === "failed";
  }

  /** It could not be had though there is a line: it may be left to the next person. */
  isMissing(item: DeskItem | null): boolean {
    return this.hasFailed(item) && !this.isLineGone.value;
  }
}
