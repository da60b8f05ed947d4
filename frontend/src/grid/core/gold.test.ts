import { describe, expect, it } from "vitest";
import { messagesFor } from "../../shared/messages";
import { GRID_TEXTS } from "../../shared/texts/grid";
import { goldOf, inShort, leftOutOf, verdictOf } from "./gold";
import { image } from "./images.fixture";

const setting = {
  api: "",
  pages: "",
  batches: "",
  reasons: [],
  choices: { reason: [{ value: "blurry", label: "Out of focus" }] },
};
const [en, zh] = [messagesFor("en", GRID_TEXTS), messagesFor("zh-Hans", GRID_TEXTS)];

describe("gold", () => {
  it("is said with its reasons in the manual's words", () => {
    const kept = image(1, { gold: { verdict: "keep", reasons: [] } });
    const rejected = image(2, { gold: { verdict: "reject", reasons: ["blurry", "drawn"] } });
    expect(goldOf(image(3), setting, en)).toBeNull();
    expect(goldOf(null, setting, en)).toBeNull();
    expect(goldOf(kept, setting, zh)).toBe("标准题：保留");
    expect(goldOf(rejected, setting, en)).toBe("Gold: reject – Out of focus · drawn");
  });

  it("is asked of the server as a verdict", () => {
    expect(verdictOf("keep")).toEqual({ verdict: "keep", reasons: [] });
    expect(verdictOf("covered")).toEqual({ verdict: "reject", reasons: ["covered"] });
    expect(verdictOf("none")).toBeNull();
  });

  it("names each picture that was left, and why", () => {
    const left_out = [{ why: "to_judge", numbers: [3, 4, 5, 9] }] as const;
    expect(leftOutOf({ images: 2, left_out }, en)).toContain("00003–00005, 00009.");
    expect(leftOutOf({ images: 2, left_out: [] }, en)).toBe("");
    expect(inShort([1, 2])).toBe("00001–00002");
  });
});
