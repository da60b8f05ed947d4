// @vitest-environment happy-dom
/** Questions to the organiser: they are pinned to a picture, take no vote, and get lost nowhere. */
import { act } from "preact/test-utils";
import { beforeEach, describe, expect, test } from "vitest";
import { pictures } from "./core/batch.fixture";
import type { Desk } from "./desk";
import { click, number, one, press, root, Server, settle, sitDown, startDay } from "./room.fixture";

const pinned = () => root.querySelector(".pinned")?.textContent ?? null;
const field = () => one<HTMLTextAreaElement>(".ask textarea");
const SISTER = "Is this her sister?";
const ASK = '.ask button[type="submit"]';
const WITHDRAW = '.ask button[type="button"]';

let server: Server;

beforeEach(() => {
  startDay();
  server = new Server(pictures(3));
});

/** The part with the form comes by itself, when it is wanted for the first time. */
async function come(): Promise<void> {
  await import("./views/asking");
  await settle();
}

async function write(text: string): Promise<void> {
  await press("q");
  await come();
  await act(() => {
    field().value = text;
    field().dispatchEvent(new Event("input", { bubbles: true }));
  });
}

async function ask(text: string): Promise<void> {
  await write(text);
  await send();
}

async function send(): Promise<void> {
  await act(() => {
    one(".ask form").dispatchEvent(new Event("submit", { cancelable: true }));
  });
  await come();
}

function answerAll(answer: string): void {
  server.questions = server.questions.map((each) => ({ ...each, answer }));
}

describe("asking about the picture in view", () => {
  test("it is stored, shown quietly, and leaves the picture as it was", async () => {
    const desk = await sitDown(server);
    await ask(SISTER);
    expect(server.questions.map(({ item_id, text }) => [item_id, text])).toEqual([[101, SISTER]]);
    expect(desk.panels.open.value).toBeNull();
    expect(pinned()).toContain("Asked, not answered yet");
    expect(number()).toBe("1");
    expect(server.votes.size).toBe(0);
    await press("k");
    expect(pinned()).toBeNull();
    expect(server.votes.get(101)?.verdict).toBe("keep");
  });

  test("nothing is asked without a word", async () => {
    await sitDown(server);
    await write("  ");
    expect(one<HTMLButtonElement>(ASK).disabled).toBe(true);
  });

  test("what is typed judges nothing", async () => {
    await sitDown(server);
    await press("q");
    await come();
    field().focus();
    await press("k", "1");
    expect(server.votes.size).toBe(0);
  });

  test("it can be changed, and taken back", async () => {
    await sitDown(server);
    await ask(SISTER);
    await press("q");
    await come();
    expect(field().value).toBe(SISTER);
    await press("q");
    await ask("Is this her mother?");
    expect(server.questions.map(({ text }) => text)).toEqual(["Is this her mother?"]);
    await press("q");
    await come();
    await click(WITHDRAW);
    expect(server.questions).toEqual([]);
    expect(pinned()).toBeNull();
  });

  test("without a line it says so, and the text stays, also after a reload", async () => {
    await sitDown(server);
    server.isLineGone = true;
    await ask(SISTER);
    expect(one(".ask [role=alert]").textContent).toContain("there is no connection");
    expect(field().value).toBe(SISTER);
    expect(pinned()).toBeNull();
    await sitDown(server);
    await press("q");
    await come();
    expect(field().value).toBe(SISTER);
    server.isLineGone = false;
    await send();
    expect(server.questions.map(({ text }) => text)).toEqual([SISTER]);
  });
});

describe("what was answered", () => {
  test("it is shown with the picture, whoever asked", async () => {
    server.questions = [
      { id: 1, item_id: 101, text: SISTER, answer: "Yes, reject her.", mine: false },
    ];
    await sitDown(server);
    await come();
    expect(pinned()).toContain("Somebody asked");
    expect(pinned()).toContain("Yes, reject her.");
    await press("ArrowRight");
    expect(pinned()).toBeNull();
  });

  test("whoever comes back to the page learns of it", async () => {
    const desk = await sitDown(server);
    await ask(SISTER);
    answerAll("Yes, reject her.");
    await act(() => desk.wake());
    await settle();
    expect(pinned()).toContain("Yes, reject her.");
  });

  test("the end lists it, and leads back to its picture", async () => {
    await sitDown(server);
    await press("k");
    await ask(SISTER);
    await press("k");
    answerAll("Yes, reject her.");
    await press("k");
    await come();
    expect(one(".answers").textContent).toContain("Yes, reject her.");
    await click(".answers button");
    expect(number()).toBe("2");
    expect(pinned()).toContain("Yes, reject her.");
  });

  test("a batch that was taken along before there were questions opens all the same", async () => {
    const load = async () => {
      const answer = await server.load();
      if (answer.kind === "ok") Reflect.deleteProperty(answer.data, "questions");
      return answer;
    };
    const desk = await sitDown(server, load);
    expect(desk.opening.value.state).toBe("open");
    expect(pinned()).toBeNull();
  });
});

describe("where many pictures are on the screen", () => {
  const sign = (id: number) => root.querySelector(`.cell[data-item="${id}"] .cell__asked`);

  test("it is asked about the framed one, and stays with it in every way of judging", async () => {
    const desk = await sitDown(server);
    await press("g", "ArrowRight");
    const asked = desk.askingAbout.item?.id ?? 0;
    await ask(SISTER);
    expect(server.questions.map(({ item_id }) => item_id)).toEqual([asked]);
    expect(pinned()).toContain("Asked, not answered yet");
    expect(sign(asked)).not.toBeNull();
    expect(one(`.cell[data-item="${asked}"]`).getAttribute("aria-label")).toContain("Asked");
    expect(server.votes.size).toBe(0);
    await press("ArrowLeft");
    expect(pinned()).toBeNull();
    expect(sign(asked)).not.toBeNull();
    await press("g");
    while (desk.session.at !== asked) await press("ArrowRight");
    expect(pinned()).toContain("Asked, not answered yet");
  });

  test("of a group as well; the answer lies folded over it", async () => {
    server.near = { pairs: [[102, 103]], twins: [] };
    server.questions = [
      { id: 1, item_id: 102, text: SISTER, answer: "Yes, reject her.", mine: false },
    ];
    const desk = await sitDown(server);
    await press("b");
    await act(() => desk.modes.burst.frame(102));
    await come();
    expect(pinned()).toContain("Yes, reject her.");
    expect(one<HTMLDetailsElement>("details.pinned").open).toBe(false);
    await press("q");
    await come();
    expect(one(".desk-dialog--ask").textContent).toContain("Yes, reject her.");
  });

  describe("with none framed the next tap says which, and marks nothing", () => {
    const tool = ".grid-head .look__tool";
    const isArmed = () => one(tool).getAttribute("aria-pressed") === "true";
    let desk: Desk;

    beforeEach(async () => {
      desk = await sitDown(server);
      desk.moment.hand = "pointer";
      await click(".modes__one:nth-of-type(2)");
      await act(() => desk.modes.grid.pick("blurry"));
      await click(tool);
    });

    test("it is asked for in words, and asked about", async () => {
      expect(isArmed()).toBe(true);
      expect(desk.panels.open.value).toBeNull();
      expect(one("[aria-live=polite]").textContent).toContain("Tap the picture to ask about");
      expect(one(".grid-bar__hint").textContent).toContain("Tap the picture to ask about");
      await click('.cell[data-item="102"]');
      await come();
      expect(desk.panels.open.value).toBe("ask");
      expect(desk.modes.grid.page.value).toMatchObject({ framed: 102, marks: {} });
      await act(() => desk.panels.toggle("ask"));
      await click('.cell[data-item="103"]');
      expect(Object.keys(desk.modes.grid.page.value.marks)).toEqual(["103"]);
    });

    test.each([
      ["Escape", () => press("Escape")],
      ["asking again", () => click(tool)],
      ["Q", () => press("q")],
    ])("%s lets go of it", async (_name, letGo) => {
      await letGo();
      expect(isArmed()).toBe(false);
      await click('.cell[data-item="102"]');
      expect(desk.panels.open.value).toBeNull();
      expect(Object.keys(desk.modes.grid.page.value.marks)).toEqual(["102"]);
    });
  });
});

describe("what is nearly the same", () => {
  test("a finger finds it where there is something", async () => {
    const near = { pairs: [[101, 102]], twins: [] };
    server.near = near as unknown as Server["near"];
    await sitDown(server);
    await click('.look__tool[aria-keyshortcuts="T"]');
    expect(root.querySelectorAll(".twins li")).toHaveLength(1);
    await press("t", "ArrowRight", "ArrowRight");
    expect(number()).toBe("3");
    expect(root.querySelector('.look__tool[aria-keyshortcuts="T"]')).toBeNull();
  });
});
