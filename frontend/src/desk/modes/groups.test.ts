import { expect, test } from "vitest";
import { item, KEEP, opened, pictures, played } from "../core/batch.fixture";
import { groupOf } from "./groups";

const ids = (page: ReturnType<typeof groupOf>) => page.items.map(({ id }) => id).sort();

test("a group holds who is near its first, and goes when all but one are judged", () => {
  const session = opened(pictures(6));
  const pairs = [
    [101, 102],
    [102, 103],
    [101, 103],
    [104, 106],
  ];
  const first = groupOf(session, pairs, "a");
  expect([
    [101, 102, 103],
    [104, 106],
  ]).toContainEqual(ids(first));
  const votes = first.items.map(({ id }) => ({ itemId: id, vote: KEEP }));
  const later = played(session, { type: "votedTogether", votes });
  const second = groupOf(later, pairs, "a");
  expect([...ids(first), ...ids(second)].sort()).toEqual([101, 102, 103, 104, 106]);
  const rest = second.items.map(({ id }) => ({ itemId: id, vote: KEEP }));
  expect(groupOf(played(later, { type: "votedTogether", votes: rest }), pairs, "a").items).toEqual(
    [],
  );
});

test("there are no chains: whoever is only near somebody in it is in another group", () => {
  const pairs = [
    [101, 102],
    [102, 103],
  ];
  const sizes = ["a", "b", "c", "d", "e"].map((seed) => {
    const group = groupOf(opened(pictures(3)), pairs, seed);
    const [first] = group.items;
    expect(
      group.items
        .slice(1)
        .every(({ id }) =>
          pairs.some((pair) => pair.includes(id) && pair.includes(first?.id ?? 0)),
        ),
    ).toBe(true);
    return group.items.length;
  });
  expect(Math.min(...sizes)).toBeGreaterThan(1);
});

test("pictures that need no vote of mine are in none", () => {
  const session = opened([item(1, { my_vote: KEEP }), item(2), item(3, { open: false })]);
  expect(
    groupOf(
      session,
      [
        [101, 102],
        [102, 103],
      ],
      "a",
    ).items,
  ).toEqual([]);
});

test("what was taken back is a group only where it was one", () => {
  const session = opened(pictures(6));
  const pairs = [[104, 106]];
  expect(ids(groupOf(session, pairs, "a", [101, 102, 103]))).toEqual([104, 106]);
});
