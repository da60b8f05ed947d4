/** Reads the table of contents of a zip without the rest of it, as far as a pack needs it. */

export interface Entry {
  readonly name: string;
  readonly packing: number;
  readonly checksum: number;
  readonly packedSize: number;
  readonly size: number;
  /** Where its own header begins. */
  readonly offset: number;
}

export interface Table {
  readonly entries: readonly Entry[];
  /** Where the table begins; behind it nothing but its end follows. */
  readonly begin: number;
}

const END_BYTES = 22;
const LONGEST_COMMENT = 65_535;
const END_64_AT_BYTES = 20;
const ENTRY_BYTES = 46;
const MOST_TABLE_BYTES = 32 * 1024 * 1024;
const ASK_ZIP64 = 0xffffffff;

/** Null where it is no zip that can be read so; whoever reads all of it may know better. */
export async function readTable(file: Blob): Promise<Table | null> {
  const tailAt = Math.max(0, file.size - END_BYTES - LONGEST_COMMENT - END_64_AT_BYTES);
  const tail = await view(file, tailAt, file.size);
  const end = lastSignature(tail);
  if (end === null) return null;
  const place = await tablePlace(file, tail, end, tailAt);
  if (!place || place.size > MOST_TABLE_BYTES || place.begin + place.size > file.size) return null;
  const entries = entriesIn(await view(file, place.begin, place.begin + place.size));
  return entries && { entries, begin: place.begin };
}

/** The bytes of one file in the zip; null where it is packed in a way that browsers do not read. */
export async function readEntry(file: Blob, entry: Entry): Promise<Uint8Array | null> {
  const [begin, end] = await recordOf(file, entry);
  const packed = file.slice(end - entry.packedSize, end);
  if (entry.packing === 0) return new Uint8Array(await packed.arrayBuffer());
  if (entry.packing !== 8 || begin >= end) return null;
  return inflate(packed, "deflate-raw");
}

/** Where the file's record, header and bytes, begins and ends. */
export async function recordOf(file: Blob, entry: Entry): Promise<[number, number]> {
  const header = await view(file, entry.offset, entry.offset + 30);
  const names = header.getUint16(26, true) + header.getUint16(28, true);
  return [entry.offset, entry.offset + 30 + names + entry.packedSize];
}

export async function inflate(packed: Blob, format: "deflate" | "deflate-raw") {
  const stream = packed.stream().pipeThrough(new DecompressionStream(format));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

async function tablePlace(file: Blob, tail: DataView, end: number, tailAt: number) {
  const small = { size: tail.getUint32(end + 12, true), begin: tail.getUint32(end + 16, true) };
  const at = end - END_64_AT_BYTES;
  if (at < 0 || tail.getUint32(at, true) !== 0x07064b50) {
    return tailAt + end === small.begin + small.size ? small : null;
  }
  const where = Number(tail.getBigUint64(at + 8, true));
  const wide = await view(file, where, where + 56);
  if (wide.byteLength < 56 || wide.getUint32(0, true) !== 0x06064b50) return null;
  const size = Number(wide.getBigUint64(40, true));
  const begin = Number(wide.getBigUint64(48, true));
  return begin + size === where ? { size, begin } : null;
}

function entriesIn(table: DataView): Entry[] | null {
  const entries: Entry[] = [];
  const decoder = new TextDecoder();
  let at = 0;
  while (at + ENTRY_BYTES <= table.byteLength && table.getUint32(at, true) === 0x02014b50) {
    const nameLength = table.getUint16(at + 28, true);
    const extraLength = table.getUint16(at + 30, true);
    const nameAt = at + ENTRY_BYTES;
    if (nameAt + nameLength + extraLength > table.byteLength) return null;
    const wide = wideNumbers(table, nameAt + nameLength, extraLength);
    const number = (place: number) => {
      const value = table.getUint32(at + place, true);
      return value === ASK_ZIP64 ? (wide.shift() ?? value) : value;
    };
    const size = number(24);
    const packedSize = number(20);
    const offset = number(42);
    const name = new Uint8Array(table.buffer, table.byteOffset + nameAt, nameLength);
    entries.push({
      name: decoder.decode(name),
      packing: table.getUint16(at + 10, true),
      checksum: table.getUint32(at + 16, true),
      packedSize,
      size,
      offset,
    });
    at = nameAt + nameLength + extraLength + table.getUint16(at + 32, true);
  }
  return at === table.byteLength ? entries : null;
}

/** The numbers of a large file, in the order in which its small fields ask for them. */
function wideNumbers(table: DataView, at: number, length: number): number[] {
  const end = at + length;
  let next = at;
  while (next + 4 <= end) {
    const size = table.getUint16(next + 2, true);
    if (table.getUint16(next, true) === 1) {
      const count = Math.floor(Math.min(size, end - next - 4) / 8);
      return Array.from({ length: count }, (_, n) =>
        Number(table.getBigUint64(next + 4 + 8 * n, true)),
      );
    }
    next += 4 + size;
  }
  return [];
}

function lastSignature(tail: DataView): number | null {
  for (let at = tail.byteLength - END_BYTES; at >= 0; at--) {
    if (tail.getUint32(at, true) === 0x06054b50) return at;
  }
  return null;
}

async function view(file: Blob, begin: number, end: number): Promise<DataView> {
  return new DataView(await file.slice(begin, end).arrayBuffer());
}
