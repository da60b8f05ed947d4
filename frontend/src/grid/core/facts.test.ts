import { describe, expect, it } from "vitest";
import { factOf } from "./facts";
import { image } from "./images.fixture";

describe("what was measured", () => {
  it("is said with its unit, in the language of the page", () => {
    const { facts } = image(1);
    expect(factOf(facts, "yaw", "en")).toBe("-32°");
    expect(factOf(facts, "pitch", "zh-Hans")).toBe("+4°");
    expect(factOf(facts, "face_size", "en")).toBe("312 px");
    expect(factOf(facts, "brightness", "en")).toBe("48%");
    expect(factOf(facts, "sharpness", "en")).toBe("0.50");
    expect(factOf(facts, "suspicion", "zh-Hans")).toBe("87%");
    expect(factOf({ ...facts, yaw: null }, "yaw", "en")).toBe("–");
  });
});
