import { expect, test } from "vitest";
import { MemoryStorage } from "../../shared/storage.fixture";
import { KEEP } from "./batch.fixture";
import { UndoMemory } from "./undo-memory";

test("undo steps come back after a reload, and garbage does not", () => {
  const storage = new MemoryStorage();
  const steps = [
    { itemId: 11, before: null, after: KEEP },
    { apart: [11, 12], pairs: [[11, 12]] },
  ];
  new UndoMemory(storage, "7", "3").save(steps);
  expect(new UndoMemory(storage, "7", "3").load()).toEqual(steps);
  expect(new UndoMemory(storage, "7", "4").load()).toEqual([]);
  storage.setItem(
    "winnow.undo.7.3",
    '[{"apart":["11"],"pairs":[]},{"apart":[11,12]},{"itemId":11},null]',
  );
  expect(new UndoMemory(storage, "7", "3").load()).toEqual([]);
  storage.setItem("winnow.undo.7.3", "nonsense");
  expect(new UndoMemory(storage, "7", "3").load()).toEqual([]);
});
