import { describe, expect, it } from "vitest";
import type { Setting } from "./contract";
import { image } from "./images.fixture";
import { suspicionOf } from "./suspicion";

const setting: Setting = {
  api: "/api/",
  pages: "/images/",
  batches: "/batches/",
  reasons: [],
  choices: { suspected: [{ value: "blurry", label: "太模糊" }] },
};

describe("what the machine suspects", () => {
  it("is said in the words of the page, and nothing where nothing is", () => {
    expect(suspicionOf(image(1, { suspected: "blurry" }), setting)).toBe("太模糊");
    expect(suspicionOf(image(1, { suspected: "odd" }), setting)).toBe("odd");
    expect(suspicionOf(image(1), setting)).toBeNull();
    expect(suspicionOf(null, setting)).toBeNull();
  });
});
