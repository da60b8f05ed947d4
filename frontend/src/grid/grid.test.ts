import { describe, expect, it, vi } from "vitest";
import type { Answer } from "../shared/api";
import { messagesFor } from "../shared/messages";
import { GRID_TEXTS } from "../shared/texts/grid";
import { gridActions } from "./actions";
import type { GridImage } from "./core/contract";
import { image } from "./core/images.fixture";
import { EVERYTHING, type Question } from "./core/question";
import { Grid } from "./grid";

const EVERY = 4;

/** A server that lists so many pictures and remembers what it was told to do. */
class Server {
  sent: { path: string; body: unknown }[] = [];
  answer: Answer<unknown> | null = null;
  asked: Question[] = [];
  constructor(public images: GridImage[]) {}

  grid(question: Question = EVERYTHING): Grid {
    return new Grid({
      question,
      messages: messagesFor("en", GRID_TEXTS),
      read: async <T>(path: string, query: URLSearchParams) =>
        ({ kind: "ok", status: 200, data: this.read(path, query) }) as Answer<T>,
      send: async <T>(path: string, body: unknown) => {
        this.sent.push({ path, body });
        return (this.answer ?? { kind: "ok", status: 200, data: this.done() }) as Answer<T>;
      },
      onAsk: (asked) => this.asked.push(asked),
    });
  }

  private done() {
    return { batches: [3, 4], images: 5 };
  }

  private read(path: string, query: URLSearchParams): unknown {
    const numbers = this.images.map(({ number }) => number);
    if (path === "position") return { position: numbers.indexOf(Number(query.get("number"))) };
    const firsts = numbers.filter((_, position) => position % EVERY === 0).map(String);
    if (path === "places") return { total: this.images.length, every: EVERY, places: firsts };
    const start = query.get("start") ? numbers.indexOf(Number(query.get("start"))) : 0;
    return { images: this.images.slice(start, start + EVERY) };
  }
}

const tenPictures = () => new Server(Array.from({ length: 10 }, (_, n) => image(101 + n)));
const chosen = (grid: Grid) => [...grid.selection.value.numbers].sort((a, b) => a - b);
const shape = { total: 10, columns: 4, rows: 2 };

async function opened(server = tenPictures()): Promise<Grid> {
  const grid = server.grid();
  await grid.open();
  return grid;
}

describe("choosing in the grid", () => {
  it("chooses a range with Shift, over pictures that are not loaded yet", async () => {
    const grid = await opened();
    grid.move("ArrowRight", shape, false);
    grid.move("End", shape, true);
    await vi.waitFor(() => expect(grid.num.value).toBe(9));
    expect(chosen(grid)).toEqual([102, 103, 104, 105, 106, 107, 108, 109, 110]);
    grid.move("ArrowLeft", shape, true);
    await vi.waitFor(() => expect(grid.num.value).toBe(8));
  });

  it("draws a range to and fro, and keeps what was chosen before", async () => {
    const grid = await opened();
    grid.toggle(0);
    grid.startRange(2);
    await grid.chooseTo(3);
    expect(chosen(grid)).toEqual([101, 103, 104]);
    await grid.chooseTo(1);
    expect(chosen(grid)).toEqual([101, 102, 103]);
    await grid.chooseTo(2);
    expect(chosen(grid)).toEqual([101, 103]);
  });

  it("takes the last of several ranges, however late the others come", async () => {
    const grid = await opened();
    const far = grid.chooseTo(9);
    const near = grid.chooseTo(1);
    await Promise.all([far, near]);
    expect(chosen(grid)).toEqual([101, 102]);
  });

  it("keeps single ones in another order, but not “all” of a list that is gone", async () => {
    const server = tenPictures();
    const grid = await opened(server);
    grid.toggle(1);
    grid.ask({ ...EVERYTHING, sort: "yaw" });
    expect(chosen(grid)).toEqual([102]);
    grid.chooseAll();
    await vi.waitFor(() => expect(grid.num.value).toBe(10));
    grid.ask({ ...EVERYTHING, filters: { state: "new" } });
    expect(grid.num.value).toBe(0);
    expect(server.asked.map(({ sort }) => sort)).toEqual(["yaw", "number"]);
  });
});

describe("acting on what is chosen", () => {
  it("sends all but some, with how many that looked like", async () => {
    const server = tenPictures();
    const grid = await opened(server);
    grid.chooseAll();
    grid.toggle(2);
    await grid.acts.reject("duplicate");
    expect(server.sent).toEqual([
      {
        path: "reject",
        body: {
          sort: "number",
          descending: false,
          all: true,
          numbers: [103],
          seen: 9,
          because: "duplicate",
        },
      },
    ]);
    expect(grid.notice.value?.kind).toBe("done");
    expect(grid.num.value).toBe(0);
  });

  it("names the batches that were cut, and stays where it was", async () => {
    const grid = await opened();
    grid.toggle(3);
    await grid.acts.cut(100);
    await vi.waitFor(() => expect(grid.total.value).toBe(10));
    expect(grid.notice.value?.text).toContain("3–4");
    expect(grid.active.value).toBe(3);
  });

  it("keeps what is chosen when the server says no, says why, and looks again", async () => {
    const server = tenPictures();
    const grid = await opened(server);
    grid.chooseAll();
    server.answer = {
      kind: "refused",
      status: 409,
      code: "selection_changed",
      message: "It would now be 9 pictures.",
      context: {},
    };
    server.images = server.images.slice(1);
    await grid.acts.cut(100);
    await vi.waitFor(() => expect(grid.total.value).toBe(9));
    expect(grid.notice.value).toEqual({ kind: "trouble", text: "It would now be 9 pictures." });
    expect(grid.num.value).toBe(9);
  });
});

describe("marking gold", () => {
  const body = { sort: "number", descending: false, all: false, numbers: [102, 103], seen: 2 };

  it("sends the answer with its note, or takes it back", async () => {
    const server = tenPictures();
    server.answer = { kind: "ok", status: 200, data: { images: 2, left_out: [] } };
    const grid = await opened(server);
    grid.toggle(1);
    grid.toggle(2);
    await grid.acts.gold("blurry", "soft");
    expect(grid.notice.value).toMatchObject({ kind: "done", text: "2 pictures are gold now." });
    await vi.waitFor(() => expect(grid.at(2)).not.toBeNull());
    grid.toggle(1);
    grid.toggle(2);
    await grid.acts.gold("none", "");
    expect(server.sent).toEqual([
      {
        path: "mark-gold",
        body: { ...body, verdict: "reject", reasons: ["blurry"], note: "soft" },
      },
      { path: "unmark-gold", body },
    ]);
  });

  it("says which pictures were left, and keeps saying so over the new list", async () => {
    const server = tenPictures();
    const left_out = [{ why: "to_judge", numbers: [103] }];
    server.answer = { kind: "ok", status: 200, data: { images: 1, left_out } };
    const grid = await opened(server);
    grid.toggle(1);
    grid.toggle(2);
    await grid.acts.gold("keep", "");
    await grid.open();
    expect(grid.notice.value?.kind).toBe("partly");
    expect(grid.notice.value?.text).toMatch(/^1 pictures .* first: 00103\.$/);
  });

  it("has its key only while something is chosen", async () => {
    const grid = await opened();
    const gold = () => gridActions(grid).find(({ id }) => id === "gold");
    expect(gold()?.enabled).toBe(false);
    grid.toggle(1);
    expect(gold()?.enabled).toBe(true);
    gold()?.perform();
    expect(grid.acts.asked.value).toBe("gold");
  });
});

describe("telling pictures apart", () => {
  it("takes two to a hundred that were chosen one by one", async () => {
    const server = tenPictures();
    const grid = await opened(server);
    grid.toggle(1);
    expect(grid.acts.mayBeDistinct).toBe(false);
    grid.toggle(2);
    await grid.acts.markDistinct();
    expect(server.sent).toEqual([{ path: "distinct", body: { numbers: [102, 103] } }]);
    expect(grid.notice.value?.text).toContain("2");
    grid.chooseAll();
    expect(grid.acts.mayBeDistinct).toBe(false);
  });
});

describe("the way through the grid", () => {
  it("goes to a number, wherever it stands", async () => {
    const grid = await opened();
    await grid.goTo(109);
    expect(grid.active.value).toBe(8);
    expect(grid.revealed.value).toEqual({ position: 8, centred: true });
  });

  it("leads from picture to picture in the viewer, and not beyond the ends", async () => {
    const grid = await opened();
    grid.view(0);
    grid.view(-1);
    expect(grid.viewed.value).toBe(0);
    grid.view(9);
    grid.view(10);
    expect(grid.viewed.value).toBe(9);
    expect(grid.active.value).toBe(9);
    await vi.waitFor(() => expect(grid.at(9)?.number).toBe(110));
  });
});
