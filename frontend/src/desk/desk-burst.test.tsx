// @vitest-environment happy-dom
import { act } from "preact/test-utils";
import { beforeEach, describe, expect, test } from "vitest";
import { item, KEEP, pictures, reject, UNSURE } from "./core/batch.fixture";
import type { Desk } from "./desk";
import { click, key, one, press, root, Server, settle, sitDown, startDay } from "./room.fixture";

beforeEach(startDay);

const shown = (desk: Desk) => desk.modes.burst.page.value.items.map(({ id }) => id);

/** Those of the pictures that are near, two by two. */
const among = ({ near }: Server, items: readonly number[]) =>
  near.pairs.filter((pair) => pair.every((id) => items.includes(id)));

const said = () => one("[aria-live=polite]").textContent;

function serverWithGroups(items = pictures(8)): Server {
  const server = new Server(items);
  server.near = {
    pairs: [
      [101, 102],
      [101, 103],
      [102, 103],
      [105, 107],
    ],
    twins: [],
  };
  return server;
}

test("the framed picture is kept, the others are duplicates, and undo brings the group back", async () => {
  const server = serverWithGroups();
  const desk = await sitDown(server);
  await press("b");
  const first = shown(desk);
  await press("ArrowRight");
  expect(one(".grid-bar__send").textContent).toContain(`1 keep, ${first.length - 1} reject`);
  await press("Enter");
  for (const [at, id] of first.entries()) {
    expect(server.votes.get(id)).toEqual(at === 1 ? KEEP : reject("duplicate"));
  }
  expect(shown(desk)).not.toEqual(first);
  await press("z");
  expect(server.votes.size).toBe(0);
  expect(shown(desk)).toEqual(first);
});

test("another mark on one of them stands", async () => {
  const server = serverWithGroups();
  const desk = await sitDown(server);
  await press("b");
  const [first = 0, second = 0] = shown(desk);
  await press("3", "ArrowRight", "Enter");
  expect(server.votes.get(first)).toEqual(reject("blurry"));
  expect(server.votes.get(second)).toEqual(KEEP);
});

test("what is all different is said to the server and not asked again; then one by one", async () => {
  const server = serverWithGroups();
  const desk = await sitDown(server);
  await press("b");
  const first = shown(desk);
  await press("d");
  expect(server.saidDistinct).toEqual([among(server, first)]);
  expect(server.votes.size).toBe(0);
  expect(shown(desk)).not.toEqual(first);
  await press("d");
  expect(root.textContent).toContain("Judge the rest");
  await press("Enter");
  expect(desk.modes.mode.value).toBe("single");
  expect(root.querySelector(".stage__number")).not.toBeNull();
});

test("after undo the one that was kept is framed, and another one can be kept instead", async () => {
  const server = serverWithGroups();
  const desk = await sitDown(server);
  await press("b");
  const [first = 0, second = 0, ...others] = shown(desk);
  await press("ArrowRight", "Enter", "z");
  expect(desk.modes.burst.page.value).toMatchObject({ framed: second, marks: {} });
  await press("ArrowLeft", "Enter");
  expect(server.votes.get(first)).toEqual(KEEP);
  for (const id of [second, ...others]) expect(server.votes.get(id)).toEqual(reject("duplicate"));
});

test("nothing is the duplicate of nothing: one of a group is kept, or each is marked by itself", async () => {
  const server = serverWithGroups();
  const desk = await sitDown(server);
  await press("b", "3");
  expect(one(".grid-bar__send").textContent).toContain("Choose the one to keep");
  await press("Enter");
  expect(said()).toContain("Frame the one to keep");
  expect(server.votes.size).toBe(0);
  const ids = shown(desk);
  for (const id of ids.slice(1)) await act(() => desk.modes.burst.mark(id, UNSURE));
  await settle();
  await press("Enter");
  expect(server.votes.get(ids[0] ?? 0)).toEqual(reject("blurry"));
  expect(server.votes.size).toBe(ids.length);
});

test("a framed picture that did not load keeps nobody, and its group is not told apart", async () => {
  const items = [
    item(1, { preview_url: "/broken.webp" }),
    item(2, { preview_url: "/broken-too.webp" }),
    ...pictures(8).slice(2),
  ];
  const server = new Server(items);
  server.near = {
    pairs: [
      [101, 102],
      [101, 103],
      [102, 103],
    ],
    twins: [],
  };
  const desk = await sitDown(server);
  await press("b");
  await settle(9000);
  await act(() => desk.modes.burst.frame(101));
  await press("Enter");
  expect(said()).toContain("could not be loaded");
  await press("d");
  expect(server.votes.size + server.saidDistinct.length).toBe(0);
});

test("a group is told apart once it was looked at, and once", async () => {
  const server = serverWithGroups();
  const desk = await sitDown(server);
  await press("b");
  const first = shown(desk);
  for (const wait of [30, 30, 400]) {
    await act(() => key("keydown", "d"));
    await act(() => key("keyup", "d"));
    await settle(wait);
  }
  expect(server.saidDistinct).toEqual([among(server, first)]);
  expect(said()).toContain("so soon");
});

test("a project whose manual has no duplicates is offered no groups", async () => {
  await sitDown(serverWithGroups());
  await press("b");
  const server = serverWithGroups();
  server.leftOut = ["duplicate"];
  const desk = await sitDown(server);
  expect(desk.modes.mode.value).toBe("single");
  expect(root.querySelectorAll(".modes__one")).toHaveLength(2);
  await press("b", "k");
  expect([...server.votes.values()]).toEqual([KEEP]);
});

describe("all different, taken back", () => {
  let server: Server;
  let desk: Desk;

  beforeEach(async () => {
    server = serverWithGroups();
    desk = await sitDown(server);
    await press("b");
  });

  const latest = () => one(".latest").textContent;

  test("the group is asked again, and its person is told each time", async () => {
    const first = shown(desk);
    await press("d");
    expect(latest()).toContain(`All different: ${first.length}`);
    await press("z");
    expect(server.saidDistinct).toEqual([]);
    expect(shown(desk)).toEqual(first);
    expect(latest()).toContain("Not all different after all");
    await press("Enter");
    expect(server.votes.size).toBe(first.length);
  });

  test("in its turn, between votes before and after it", async () => {
    const first = shown(desk);
    await press("d");
    const second = shown(desk);
    await press("Enter", "z");
    expect(server.votes.size).toBe(0);
    expect(shown(desk)).toEqual(second);
    expect(server.saidDistinct).toEqual([among(server, first)]);
    await click(".latest__undo, .desk-tool--undo");
    expect(server.saidDistinct).toEqual([]);
    expect(shown(desk)).toEqual(first);
    expect(one<HTMLButtonElement>(".desk-tool--undo").disabled).toBe(true);
  });

  test("also after a reload, and one by one", async () => {
    const first = shown(desk);
    await press("d", "b", "k");
    expect(server.votes.size).toBe(1);
    desk = await sitDown(server);
    await press("z", "z");
    expect(server.votes.size).toBe(0);
    expect(server.saidDistinct).toEqual([]);
    await press("b");
    expect(shown(desk)).toEqual(first);
  });

  test("without a line it stays as it was said, and can be taken back later", async () => {
    await press("d");
    const second = shown(desk);
    server.isLineGone = true;
    await press("z");
    expect(said()).toContain("could not be stored");
    expect(latest()).toContain("could not be stored");
    expect(shown(desk)).toEqual(second);
    server.isLineGone = false;
    await press("z");
    expect(server.saidDistinct).toEqual([]);
  });

  test("without a line the votes before it can be taken back, once that was said", async () => {
    await press("b", "k", "k", "b");
    const first = shown(desk);
    await press("d");
    server.isLineGone = true;
    server.lease = { kind: "failed", why: "offline" };
    await press("z");
    expect(said()).toContain("undo passes over “all different”");
    expect(server.votes.size).toBe(2);
    await press("z", "z");
    expect(server.votes.size).toBe(0);
    expect(server.saidDistinct).toEqual([among(server, first)]);
    expect(server.takenBack).toHaveLength(1);
    await press("z");
    expect(said()).toContain("could not be stored");
    server.isLineGone = false;
    await act(() => desk.wake());
    await press("z");
    expect(server.saidDistinct).toEqual([]);
    expect(shown(desk)).toEqual(first);
  });

  test("the line is back: it comes before older votes again", async () => {
    await press("b", "k", "b", "d");
    server.isLineGone = true;
    server.lease = { kind: "failed", why: "offline" };
    await press("z");
    server.isLineGone = false;
    await act(() => desk.wake());
    await press("z");
    expect(server.saidDistinct).toEqual([]);
    expect(server.votes.size).toBe(1);
  });

  test("of a picture that is gone it cannot, and the votes before it can", async () => {
    await press("b", "k", "b");
    server.purged = shown(desk);
    await press("d", "z");
    expect(said()).toContain("can no longer be taken back");
    expect(latest()).toContain("can no longer be taken back");
    expect(server.votes.size).toBe(1);
    await press("z");
    expect(server.votes.size).toBe(0);
    expect(server.takenBack).toHaveLength(1);
  });

  test("while the answer is on its way, undo says so and takes nothing back", async () => {
    await press("b", "k", "b");
    server.delay = 20_000;
    await press("d", "z");
    expect(latest()).toContain("still on its way");
    expect(server.votes.size).toBe(1);
    await settle(20_000);
    expect(server.saidDistinct).toHaveLength(1);
    expect(latest()).toContain("All different");
  });

  test("pressed twice in a hurry it is taken back once, without asking what is near", async () => {
    const first = shown(desk);
    await press("b", "k", "b", "d");
    server.delay = 1000;
    server.distinct.near = async () => ({ kind: "failed", why: "offline" });
    await press("z", "z");
    await settle(2000);
    expect(server.takenBack).toHaveLength(1);
    expect(server.votes.size).toBe(1);
    expect(server.saidDistinct).toEqual([]);
    expect(shown(desk).length).toBeGreaterThan(1);
    expect(shown(desk)).toEqual(first.filter((id) => !server.votes.has(id)));
  });

  test("only what was asked is asked again: an older word on two of them stands", async () => {
    const [first = 0, ...others] = shown(desk);
    const asked = others.map((other) => [first, other]);
    server.near = { pairs: [...asked, [105, 107]], twins: [] };
    desk = await sitDown(server);
    await press("d", "z");
    expect(server.takenBack).toEqual([asked]);
    expect(shown(desk)).toEqual([first, ...others]);
  });
});
