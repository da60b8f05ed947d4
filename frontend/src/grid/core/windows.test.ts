import { beforeEach, describe, expect, it } from "vitest";
import type { Answer } from "../../shared/api";
import { image } from "./images.fixture";
import { Windows } from "./windows";

function ok<T>(data: T): Answer<T> {
  return { kind: "ok", status: 200, data };
}

/** A server with so many pictures, numbered from 1, four in a window. */
class Server {
  asked: string[] = [];
  failing = false;
  constructor(private total: number) {}

  windows(told: { changes: number; troubles: unknown[] }): Windows {
    return new Windows(
      {
        places: async () => ok({ total: this.total, every: 4, places: this.places() }),
        window: async (start, end) => {
          this.asked.push(`${start}..${end}`);
          if (this.failing) return { kind: "failed", why: "offline" };
          const first = start === null ? 1 : Number(start);
          const last = end === null ? this.total : Number(end) - 1;
          const numbers = Array.from(
            { length: Math.min(4, last - first + 1) },
            (_, n) => first + n,
          );
          return ok({ images: numbers.map((number) => image(number)) });
        },
      },
      () => told.changes++,
      (what) => told.troubles.push(what),
    );
  }

  places(): string[] {
    const num = Math.ceil(this.total / 4);
    return Array.from({ length: num }, (_, n) => String(n * 4 + 1));
  }

  shrink(): void {
    this.total--;
  }
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

describe("windows of pictures", () => {
  const told = { changes: 0, troubles: [] as unknown[] };
  beforeEach(() => {
    told.changes = 0;
    told.troubles = [];
  });

  it("opens with the first one and fetches what is looked at, each once", async () => {
    const server = new Server(10);
    const windows = server.windows(told);
    await windows.open();
    expect(windows.total).toBe(10);
    expect(windows.at(3)?.number).toBe(4);
    expect(windows.at(4)).toBeNull();
    windows.want(2, 9);
    windows.want(2, 9);
    await settled();
    expect(windows.at(9)?.number).toBe(10);
    expect(server.asked).toEqual(["null..null", "5..9", "9..null"]);
    expect(told.troubles).toEqual([]);
  });

  it("leaves out what was only passed by", async () => {
    const server = new Server(400);
    const windows = server.windows(told);
    await windows.open();
    for (let first = 0; first < 300; first += 4) windows.want(first, first + 3);
    await settled();
    expect(server.asked.length).toBeLessThan(6);
    expect(windows.at(296)?.number).toBe(297);
  });

  it("gives a range of any length, and forgets what is far away", async () => {
    const server = new Server(1000);
    const windows = server.windows(told);
    await windows.open();
    const numbers = (await windows.between(3, 900))?.map(({ number }) => number);
    expect(numbers).toEqual(Array.from({ length: 898 }, (_, n) => n + 4));
    expect(windows.at(0)).toBeNull();
    expect(windows.at(899)?.number).toBe(900);
  });

  it("says so when the list is no longer what it was", async () => {
    const server = new Server(10);
    const windows = server.windows(told);
    await windows.open();
    server.shrink();
    windows.want(8, 9);
    await settled();
    expect(told.troubles).toEqual(["changed"]);
  });

  it("says why a window cannot be had, and gets it later", async () => {
    const server = new Server(10);
    const windows = server.windows(told);
    await windows.open();
    server.failing = true;
    expect(await windows.between(0, 9)).toBeNull();
    expect(told.troubles).toEqual([{ kind: "failed", why: "offline" }]);
    server.failing = false;
    expect((await windows.between(0, 9))?.length).toBe(10);
  });

  it("has nothing of an empty list", async () => {
    const windows = new Server(0).windows(told);
    await windows.open();
    windows.want(0, 50);
    expect(await windows.between(0, 50)).toEqual([]);
    expect(told.troubles).toEqual([]);
  });
});
