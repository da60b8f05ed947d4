import { expect, test } from "vitest";
import { messagesFor } from "../../shared/messages";
import { KEEP, reject } from "./batch.fixture";
import type { Vote } from "./contract";
import { manualIn } from "./manual.fixture";
import { refusalInWords, voteInWords } from "./says";

test("a vote in words", () => {
  const english = (vote: Vote) => voteInWords(messagesFor("en"), manualIn("en").reasons, vote);
  expect(english(KEEP)).toBe("Keep");
  expect(english(reject("blurry", "covered"))).toBe("Reject: Too blurry, Face covered");
  const chinese = manualIn("zh").reasons;
  expect(voteInWords(messagesFor("zh-Hans"), chinese, reject("blurry", "covered"))).toBe(
    "剔除：太模糊、脸被遮挡",
  );
});

test("an unknown refusal is named by its code", () => {
  expect(refusalInWords(messagesFor("en"), "moon_phase")).toContain("moon_phase");
  expect(refusalInWords(messagesFor("zh-Hans"), "lease_expired")).toBe("这一批的领取期限已过。");
});
