/** Taking a batch along: its page, its scripts and its pictures, as many as there is room for. */
import { type Copy, copyOf, NoCopy } from "./copy";
import type { Taken } from "./database";
import { type End, isFull, Pictures, type Watched } from "./pictures";
import {
  allTaken,
  cacheOf,
  changeTaken,
  forgetStored,
  leaveHere,
  noteTaken,
  storedSince,
  takenOf,
} from "./taken";

/** So much of all batches together is on one device at the most. */
export const MOST_BYTES = 300_000_000;

export type { End };

export interface TakingParts extends Watched {
  readonly userId: string;
  readonly batchId: string;
  /** The path of the desk. */
  readonly url: string;
  /** How far the server's clock is ahead. */
  readonly ahead: number;
}

interface Taking {
  readonly end: End;
  /** What is here now. */
  readonly taken: Taken | null;
}

export async function takeAlong(parts: TakingParts): Promise<Taking> {
  const before = await takenOf(parts.userId, parts.batchId).catch(() => undefined);
  try {
    return await take(parts, before);
  } catch (error) {
    return ended(parts, before, endBy(error));
  }
}

/** The row comes before the cache, so that there are no pictures that nothing would take off again. */
async function take(parts: TakingParts, before: Taken | undefined): Promise<Taking> {
  const copy = await copyOf(parts.url);
  const known = before ?? blank(parts, copy);
  if (!before) await noteTaken(known);
  const cache = await caches.open(cacheOf(parts));
  await putCopy(cache, parts.url, copy);
  const room = MOST_BYTES - (await bytesOfOthers(parts));
  const pictures = new Pictures(cache, copy.data, parts, room);
  const end = await pictures.fetchAll();
  if (end === "full" || end === "stopped" || end === "refused") return ended(parts, before, end);
  const taken = await changeTaken(parts, {
    ...blank(parts, copy),
    pictures: Math.max(known.pictures, pictures.count),
    bytes: Math.max(known.bytes, pictures.bytes),
  });
  if (!taken) await leaveHere(parts); // Somebody signed out meanwhile, or returned the batch.
  await navigator.storage?.persist?.().catch(() => false);
  return { end, taken };
}

/** Nothing came of it. What was here before stays, unless there is no room or no right to it. */
async function ended(parts: TakingParts, before: Taken | undefined, end: End): Promise<Taking> {
  const stays = before !== undefined && end !== "full" && end !== "refused";
  const taken = stays ? ((await takenOf(parts.userId, parts.batchId)) ?? null) : null;
  if (!taken) await leaveHere(parts);
  return { end, taken };
}

/** A batch of which no picture has come yet. */
function blank({ userId, batchId, url, ahead }: TakingParts, { data }: Copy): Taken {
  const { batch, items } = data;
  return {
    userId,
    batchId,
    url,
    subject: batch.subject.name,
    number: batch.number,
    pictures: 0,
    total: items.length,
    bytes: 0,
    until: Date.parse(batch.leased_until),
    ahead,
    seen: Date.now() + ahead,
  };
}

/**
 * The page of a batch that is here already, as it is now. Without a line the older one stays. Null
 * when the batch went meanwhile.
 */
export async function renewCopy(
  parts: Pick<TakingParts, "userId" | "batchId" | "url">,
): Promise<Taken | null> {
  const known = await storedSince(parts);
  const copy = await copyOf(parts.url);
  if (!(await takenOf(parts.userId, parts.batchId))) return null;
  await putCopy(await caches.open(cacheOf(parts)), parts.url, copy);
  await forgetStored(known);
  const until = Date.parse(copy.data.batch.leased_until);
  const taken = await changeTaken(parts, { until });
  if (!taken) await leaveHere(parts);
  return taken;
}

async function putCopy(cache: Cache, url: string, { page, files }: Copy): Promise<void> {
  for (const file of files) if (!(await cache.match(file))) await cache.add(file);
  await cache.put(url, page); // Last: a page without its scripts would be worse than an older one.
}

async function bytesOfOthers({ userId, batchId }: TakingParts): Promise<number> {
  const others = (await allTaken()).filter(
    (taken) => taken.userId !== userId || taken.batchId !== batchId,
  );
  return others.reduce((sum, { bytes }) => sum + bytes, 0);
}

function endBy(error: unknown): End {
  if (error instanceof NoCopy) return error.code;
  return isFull(error) ? "full" : "offline";
}
