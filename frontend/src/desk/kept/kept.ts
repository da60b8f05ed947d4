/**
 * What of this browser's IndexedDB and caches pages need, in one file: it is asked for only when the
 * first picture is there, so import it by `import()` alone.
 */
export type { Taken } from "./database";
export { batchesOnShelves, openShelf } from "./shelf";
export { type End, renewCopy, takeAlong } from "./take";
export {
  allTaken,
  changeTaken,
  isOver,
  leaveHere,
  leaveStrays,
  noteStored,
  storedSince,
  takenOf,
} from "./taken";
