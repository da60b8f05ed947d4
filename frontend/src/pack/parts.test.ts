import { deflateRawSync, deflateSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { joined, partsOf } from "./parts";

const CHECKSUM = 7;

interface File {
  name: string;
  data: string;
  checksum?: number;
  packed?: boolean;
}

/** A zip of these files, as far as its reader looks. */
function zipOf(files: readonly File[], { wide = false } = {}): Blob {
  const records: Buffer[] = [];
  const table: Buffer[] = [];
  let offset = 0;
  for (const { name, data, checksum = CHECKSUM, packed = false } of files) {
    const raw = Buffer.from(data);
    const bytes = packed ? deflateRawSync(raw) : raw;
    const label = Buffer.from(name);
    const header = Buffer.alloc(30);
    header.writeUInt32LE(0x04034b50, 0);
    header.writeUInt16LE(label.length, 26);
    const extra = wide ? Buffer.alloc(12) : Buffer.alloc(0);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(packed ? 8 : 0, 10);
    entry.writeUInt32LE(checksum, 16);
    entry.writeUInt32LE(bytes.length, 20);
    entry.writeUInt32LE(raw.length, 24);
    entry.writeUInt16LE(label.length, 28);
    entry.writeUInt16LE(extra.length, 30);
    entry.writeUInt32LE(wide ? 0xffffffff : offset, 42);
    if (wide) {
      extra.writeUInt16LE(1, 0);
      extra.writeUInt16LE(8, 2);
      extra.writeBigUInt64LE(BigInt(offset), 4);
    }
    table.push(entry, label, extra);
    records.push(header, label, bytes);
    offset += header.length + label.length + bytes.length;
  }
  const contents = Buffer.concat(table);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt32LE(contents.length, 12);
  end.writeUInt32LE(wide ? 0xffffffff : offset, 16);
  const ends = wide ? [wideEnd(contents.length, offset), end] : [end];
  return new Blob([Buffer.concat([...records, contents, ...ends])]);
}

function wideEnd(size: number, begin: number): Buffer {
  const end = Buffer.alloc(76);
  end.writeUInt32LE(0x06064b50, 0);
  end.writeBigUInt64LE(BigInt(size), 40);
  end.writeBigUInt64LE(BigInt(begin), 48);
  end.writeUInt32LE(0x07064b50, 56);
  end.writeBigUInt64LE(BigInt(begin + size), 64);
  return end;
}

/** `files` as the site seals them: number, the item's id, size, checksum. */
function slip(files: number[][]): string {
  const said = JSON.stringify([1, 2, 3, 1, files]);
  const sealed = deflateSync(Buffer.from(said)).toString("base64url");
  return JSON.stringify({ winnow: "offline pack", seal: `.${sealed}:signature` });
}

const LONG = "x".repeat(5000);
const SLIP = { name: "top/winnow-pack.json", data: slip([[1, 5001, LONG.length, CHECKSUM]]) };

async function textOf(zip: Blob): Promise<string> {
  const parts = await partsOf(zip);
  return parts ? await joined(zip, parts).text() : "all of it";
}

describe("of a pack is sent", () => {
  test("its table and its slip, and no picture that the site knows", async () => {
    const zip = zipOf([{ name: "top/00001.jpg", data: LONG }, SLIP]);
    const sent = await textOf(zip);
    expect(sent).not.toContain(LONG);
    expect(sent).toContain("offline pack");
    expect(sent).toContain("top/00001.jpg");
    expect(sent.startsWith("PK\u0003\u0004")).toBe(true);
    const parts = (await partsOf(zip)) ?? [];
    const [offset, size] = parts[parts.length - 1] ?? [0, 0];
    expect(offset + size).toBe(zip.size);
  });

  test("what was saved anew as well", async () => {
    const anew = { name: "top/00002.jpg", data: "saved anew", checksum: 8 };
    expect(await textOf(zipOf([{ name: "1", data: LONG }, anew, SLIP]))).toContain("saved anew");
  });

  test("the same of one that was packed, or is of the larger kind", async () => {
    const packed = { ...SLIP, packed: true };
    expect(await textOf(zipOf([{ name: "1", data: LONG }, packed]))).not.toContain(LONG);
    const large = zipOf([{ name: "1", data: LONG }, SLIP], { wide: true });
    expect(await textOf(large)).not.toContain(LONG);
  });

  test("all of it where the browser does not understand it", async () => {
    const without = zipOf([{ name: "1", data: LONG }]);
    const twice = zipOf([{ name: "1", data: LONG }, SLIP, { ...SLIP, name: SLIP.name }]);
    for (const zip of [without, twice, new Blob(["no zip"]), new Blob([LONG])]) {
      expect(await partsOf(zip)).toBeNull();
    }
    const mostlyNew = zipOf([{ name: "2", data: LONG, checksum: 9 }, SLIP]);
    expect(await partsOf(mostlyNew)).toBeNull();
  });
});
