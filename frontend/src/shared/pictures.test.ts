import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { PicturePool } from "./pictures";

/** Images whose arrival the test decides. */
class Network {
  readonly asked: string[] = [];
  readonly #waiting = new Map<string, { arrive: () => void; fail: () => void }>();

  readonly image = (): HTMLImageElement => {
    const network = this;
    const element = {
      src: "",
      draggable: true,
      removeAttribute: () => undefined,
      decode(): Promise<void> {
        network.asked.push(this.src);
        return new Promise((resolve, reject) => {
          network.#waiting.set(this.src, { arrive: resolve, fail: () => reject(new Error("404")) });
        });
      },
    };
    return element as unknown as HTMLImageElement;
  };

  async arrive(url: string): Promise<void> {
    this.#waiting.get(url)?.arrive();
    await vi.advanceTimersByTimeAsync(0);
  }

  async fail(url: string): Promise<void> {
    this.#waiting.get(url)?.fail();
    await vi.advanceTimersByTimeAsync(0);
  }
}

function pool() {
  const network = new Network();
  const changed: string[] = [];
  return { network, changed, pool: new PicturePool((url) => changed.push(url), network.image) };
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

test("pictures come in the order of need: the first alone, then four at a time", async () => {
  const { network, pool: pictures } = pool();
  pictures.want(["a", "b", "c", "d", "e", "f", "g"]);
  expect(network.asked).toEqual(["a"]);
  await network.arrive("a");
  expect(network.asked).toEqual(["a", "b", "c", "d", "e"]);
  await network.arrive("c");
  expect(network.asked).toEqual(["a", "b", "c", "d", "e", "f"]);
});

test("whoever has gone faster than the line waits for one picture, not for four", async () => {
  const { network, pool: pictures } = pool();
  pictures.want(["a", "b", "c", "d", "e", "f", "g", "h"]);
  await network.arrive("a");
  await network.arrive("b");
  pictures.want(["c", "d", "e", "f", "g", "h"]);
  expect(network.asked).toEqual(["a", "b", "c", "d", "e", "f"]);
  await network.arrive("d");
  expect(network.asked).not.toContain("g");
  await network.arrive("c");
  expect(network.asked).toContain("h");
});

test("a picture is shown only when it is decoded", async () => {
  const { network, changed, pool: pictures } = pool();
  pictures.want(["a"]);
  expect(pictures.state("a")).toBe("loading");
  expect(pictures.element("a")).toBeNull();
  await network.arrive("a");
  expect(pictures.state("a")).toBe("ready");
  expect(pictures.element("a")?.src).toBe("a");
  expect(changed).toEqual(["a"]);
});

test("what is not wanted any more is dropped, what still is stays as it was", async () => {
  const { network, pool: pictures } = pool();
  pictures.want(["a", "b"]);
  await network.arrive("a");
  await network.arrive("b");
  const kept = pictures.element("b");
  pictures.want(["b", "c"]);
  expect(pictures.state("a")).toBe("loading");
  expect(pictures.element("b")).toBe(kept);
  expect(network.asked).toEqual(["a", "b", "c"]);
});

test("a failed picture is tried once more by itself, then on demand", async () => {
  const { network, changed, pool: pictures } = pool();
  pictures.want(["a"]);
  await network.fail("a");
  expect(pictures.state("a")).toBe("loading");
  await vi.advanceTimersByTimeAsync(2500);
  expect(network.asked).toEqual(["a", "a"]);
  await network.fail("a");
  expect(pictures.state("a")).toBe("failed");
  expect(changed).toEqual(["a"]);
  pictures.retry();
  await network.arrive("a");
  expect(pictures.state("a")).toBe("ready");
});

test("a picture that fails does not stop the ones behind it", async () => {
  const { network, pool: pictures } = pool();
  pictures.want(["a", "b", "c", "d", "e"]);
  await network.fail("a");
  await network.arrive("b");
  expect(network.asked).toContain("e");
});
