// @vitest-environment happy-dom
import { act } from "preact/test-utils";
import { beforeEach, describe, expect, test } from "vitest";
import { item, pictures } from "./core/batch.fixture";
import { click, number, one, press, root, Server, sitDown, startDay } from "./room.fixture";

beforeEach(startDay);

const pressed = () =>
  [...root.querySelectorAll(".look [aria-pressed=true]")].map((button) =>
    button.getAttribute("aria-keyshortcuts"),
  );

describe("looking closer", () => {
  test("every tool is a button with its key, and 0 lets go of all", async () => {
    await sitDown(new Server(pictures(2)));
    await press("f");
    expect(pressed()).toEqual(["F"]);
    await press("c", "l");
    expect(pressed()).toEqual(["F", "C", "L"]);
    expect(one(".stage__beside img").getAttribute("src")).toBe("/portraits/1.webp");
    await press("0");
    expect(pressed()).toEqual([]);
    expect(root.querySelector(".stage__beside")).toBeNull();
  });

  test("a vote goes on; what was beside the picture stays there", async () => {
    const server = new Server(pictures(2));
    await sitDown(server);
    await press("c", "k");
    expect([number(), server.votes.size]).toEqual(["2", 1]);
    expect(root.querySelector(".stage__beside")).not.toBeNull();
  });

  test("Escape lets go of chosen reasons before it does of the face", async () => {
    const desk = await sitDown(new Server(pictures(2)));
    await press("f");
    await act(() => desk.modes.single.pick("blurry", true));
    await press("Escape");
    expect([desk.session.chosen, pressed()]).toEqual([[], ["F"]]);
    await press("Escape");
    expect(pressed()).toEqual([]);
  });

  test("a second face has its turn, from left to right", async () => {
    const face = (left: number) => ({ left, top: 0.2, right: left + 0.1, bottom: 0.4 });
    const desk = await sitDown(new Server([item(1, { faces: [face(0.1), face(0.7)] })]));
    await press("f", "f");
    expect(desk.looking.aim.value).toEqual({ at: "face", nth: 1 });
  });
});

describe("portraits", () => {
  test("open over the picture, where no key judges, and go when the desk has to close", async () => {
    const server = new Server(pictures(2));
    const desk = await sitDown(server);
    await click(".desk__side .people__portraits button");
    expect(one<HTMLDialogElement>("dialog.album").open).toBe(true);
    await press("k", "1");
    expect(server.votes.size).toBe(0);
    await act(() => desk.close("consent_missing"));
    expect(root.querySelector("dialog.album img")).toBeNull();
    expect(desk.looking.album.value).toBeNull();
  });
});
