// @vitest-environment happy-dom
/** What the machine and others think: after my own vote, for whoever asked for it, in no hurry. */
import { beforeEach, describe, expect, test } from "vitest";
import { pictures } from "./core/batch.fixture";
import { one, press, root, Server, settle, sitDown, startDay } from "./room.fixture";

const shown = () => root.querySelector(".told")?.textContent ?? null;

let server: Server;

beforeEach(() => {
  startDay();
  server = new Server(pictures(5));
  server.told = {
    machine: { suspects: "Blurry", why: ["The face is not sharp."] },
    decided: {
      outcome: "rejected",
      ruled_for: null,
      others: { keep: 0, reject: 2, unsure: 0, reasons: [{ code: "blurry", count: 2 }] },
    },
  };
});

/** The part with the words comes by itself, when it is wanted for the first time. */
async function linger(): Promise<void> {
  await import("./views/told");
  await settle(1500);
}

describe("what others say", () => {
  test("nobody is told who did not ask for it", async () => {
    await sitDown(server);
    await press("k");
    await linger();
    expect(server.toldOf).toEqual([]);
    expect(shown()).toBeNull();
  });

  test("it comes after my vote, never before, and stays chosen", async () => {
    await sitDown(server);
    await press("o");
    await linger();
    expect(server.toldOf).toEqual([]);
    await press("k");
    await linger();
    expect(server.toldOf).toHaveLength(1);
    expect(shown()).toContain("The machine suspects: Blurry.");
    expect(shown()).toContain("Others: 0 keep, 2 reject, 0 unsure. Because: Too blurry × 2");
    await sitDown(server);
    await press("u");
    await linger();
    expect(shown()).not.toBeNull();
    await press("o");
    expect(shown()).toBeNull();
  });

  test("it is read out: the place for it is there before, and says nothing", async () => {
    await sitDown(server);
    await press("o");
    await linger();
    const place = one("[role=status].told-place");
    expect(place.textContent).toBe("");
    await press("k");
    await linger();
    expect(one(".told-place")).toBe(place);
    expect(place.textContent).toContain("The machine suspects: Blurry.");
  });

  test("whoever judges on is told of nothing in between, and a slip taken back at once of nothing", async () => {
    await sitDown(server);
    await press("o");
    await linger();
    await press("k", "k", "z");
    await settle(100);
    expect(server.toldOf).toEqual([]);
    expect(shown()).toBeNull();
  });

  test("going back tells of the picture in view", async () => {
    await sitDown(server);
    await press("o", "k", "k");
    await linger();
    await press("ArrowLeft", "ArrowLeft");
    await linger();
    const [first] = server.items;
    expect(server.toldOf.at(-1)).toBe(first?.id);
    expect(shown()).toContain(String(first?.position));
  });
});

describe("what opens with practice", () => {
  test("the grid is not offered before, also not to whoever chose it elsewhere", async () => {
    const open = await sitDown(server);
    await press("g");
    expect(open.modes.mode.value).toBe("grid");
    const closed = async () => {
      const answer = await server.load();
      if (answer.kind !== "ok") return answer;
      return { ...answer, data: { ...answer.data, grid_open: false } };
    };
    const desk = await sitDown(server, closed);
    expect(desk.modes.mode.value).toBe("single");
    await press("g");
    expect(desk.modes.mode.value).toBe("single");
    expect(root.querySelector('.modes [aria-label="Many pictures"]')).toBeNull();
  });

  test("at the end of a batch a rest is proposed to whoever needs one, and nothing is locked", async () => {
    const few = new Server(pictures(1));
    few.standing = { ...few.standing, rest: true, left: 0 };
    await sitDown(few);
    await press("k");
    await settle(200);
    expect(root.querySelector(".desk-end")?.textContent).toContain("A short rest does them good");
    expect(root.querySelector<HTMLButtonElement>(".desk-end button")?.disabled).toBe(false);
  });
});
