import { expect, test } from "vitest";
import { KEEP, reject } from "../core/batch.fixture";
import { votesAsText } from "./saved-file";

test("the file says of each vote which picture, what was said of it, when, and why it was not taken", () => {
  const at = Date.parse("2026-11-30T08:00:00Z");
  const text = votesAsText(
    [
      { itemId: 11, place: 42, vote: KEEP, clientKey: "k1", at, refused: "lease_expired" },
      { itemId: 12, place: 43, vote: reject("blurry"), clientKey: "k2", at, refused: "not_found" },
      { itemId: 13, vote: null, clientKey: "k3", at },
    ],
    { userId: "7", batchId: "3" },
  );
  const { person, batch, votes } = JSON.parse(text);
  expect([person, batch]).toEqual(["7", "3"]);
  expect(votes.map((row: { place: number; verdict: string }) => [row.place, row.verdict])).toEqual([
    [42, "keep"],
    [43, "reject"],
    [null, "taken back"],
  ]);
  expect(votes[1]).toMatchObject({
    reasons: ["blurry"],
    cast_at: "2026-11-30T08:00:00.000Z",
    not_accepted: "not_found",
  });
});
