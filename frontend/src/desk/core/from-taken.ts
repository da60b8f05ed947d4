/**
 * A batch that was taken along: its pictures are asked for under addresses that tell the service
 * worker which of the kept ones is meant. The server does not mind what stands behind the question mark.
 */
import type { DeskData } from "./contract";

/** In localStorage while a batch is on this device: scripts learn it before anything is asked. */
export function takenMark(userId: string, batchId = ""): string {
  return `winnow.taken.${userId}.${batchId}`;
}

interface Faces {
  readonly portraits: DeskData["portraits"];
}

export function fromTaken(data: DeskData, userId: string, batchId: string): DeskData {
  const mark = (url: string, picture: string) => `${url}?taken=${userId}.${batchId}.${picture}`;
  const faces = <Of extends Faces>(of: Of): Of => ({
    ...of,
    portraits: of.portraits.map((each) => ({ ...each, url: mark(each.url, each.picture) })),
  });
  return {
    ...faces(data),
    look_alikes: data.look_alikes.map(faces),
    items: data.items.map((item) => ({
      ...item,
      preview_url: mark(item.preview_url, item.picture),
      thumb_url: mark(item.thumb_url, item.picture),
    })),
  };
}
