/** An order that says nothing: the same each time, and none that sorting or taking in has made. */

/**
 * `items` mixed by `seed`. Each keeps its place whichever others are left out, so that a page that
 * is reloaded shows the same pictures.
 */
export function mixed<Item extends { readonly id: number }>(
  items: readonly Item[],
  seed: string,
): Item[] {
  const places = new Map(items.map((item) => [item, hash(`${seed} ${item.id}`)]));
  const placeOf = (item: Item) => places.get(item) ?? 0;
  return [...items].sort((a, b) => placeOf(a) - placeOf(b) || a.id - b.id);
}

/** FNV-1a with the finish of MurmurHash3, 32 bits: numbers that follow each other end far apart. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) {
    value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  }
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
