/**
 * Which parts of a pack's zip the server needs: the table of contents, the slip, and the pictures
 * that were saved anew. All others it knows by their checksums, so of ten gigabytes a few hundred
 * kilobytes go over the line.
 */
import { type Entry, inflate, readEntry, readTable, recordOf } from "./table";

export type Part = readonly [offset: number, size: number];

const SLIP = /(^|\/)winnow-pack[^/]*\.json$/i;
const WORTH_IT = 0.9;
/** By its first bytes the server knows a zip. */
const SIGN_BYTES = 4;
const KNOWN_BEYOND_DOUBT = /(^|\/)(__MACOSX\/|\._)/;

/** In the order in which they lie in the zip; null where all of it is to be sent. */
export async function partsOf(zip: Blob): Promise<Part[] | null> {
  const table = await readTable(zip);
  const entries = table?.entries.filter(({ name }) => !KNOWN_BEYOND_DOUBT.test(name)) ?? [];
  const slips = entries.filter(({ name }) => SLIP.test(name));
  const [slip] = slips;
  if (!table || !slip || slips.length > 1) return null;
  const handed = await handedOut(zip, slip);
  if (!handed) return null;
  const wanted = entries.filter(
    (entry) => entry === slip || (entry.size > 0 && !handed.has(key(entry.size, entry.checksum))),
  );
  const parts: Part[] = [];
  for (const entry of wanted) {
    const [begin, end] = await recordOf(zip, entry);
    parts.push([begin, end - begin]);
  }
  parts.push([table.begin, zip.size - table.begin]);
  if (!parts.some(([offset]) => offset < SIGN_BYTES)) parts.push([0, SIGN_BYTES]);
  parts.sort(([one], [other]) => one - other);
  const disjoint = parts.every(([offset], n) => n === 0 || offset >= endOf(parts[n - 1]));
  const total = parts.reduce((sum, [, size]) => sum + size, 0);
  return disjoint && total < zip.size * WORTH_IT ? parts : null;
}

/** The parts behind each other, to be sent in place of the zip. */
export function joined(zip: Blob, parts: readonly Part[]): Blob {
  return new Blob(parts.map(([offset, size]) => zip.slice(offset, offset + size)));
}

/** As `curation/packs/slip.py` writes them; of a slip that was saved anew without the last two. */
type HandedOut = [number: number, item: number, size?: number, checksum?: number];

/** Size and checksum of every file that was handed out, as the slip's seal says them. */
async function handedOut(zip: Blob, slip: Entry): Promise<Set<string> | null> {
  const data = await readEntry(zip, slip);
  if (!data) return null;
  const { seal } = JSON.parse(new TextDecoder().decode(data)) as { seal: string };
  const [packed = ""] = seal.replace(/^\./, "").split(":");
  const bytes = Uint8Array.from(atob(packed.replace(/-/g, "+").replace(/_/g, "/")), (c) =>
    c.charCodeAt(0),
  );
  const text = seal.startsWith(".") ? await inflate(new Blob([bytes]), "deflate") : bytes;
  const [, , , , files = []] = JSON.parse(new TextDecoder().decode(text)) as [
    lease: number,
    person: number,
    batch: number,
    manual: number,
    files: HandedOut[],
  ];
  return new Set(files.map(([, , size, checksum]) => key(size, checksum)));
}

function key(size?: number, checksum?: number): string {
  return `${size} ${checksum}`;
}

function endOf(part: Part | undefined): number {
  return part ? part[0] + part[1] : 0;
}
