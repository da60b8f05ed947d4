import { expect, test } from "vitest";
import { messagesFor } from "../../shared/messages";
import { KEEP, reject } from "./batch.fixture";
import { refusalInWords, voteInWords } from "./says";

test("a vote in words", () => {
  expect(voteInWords(messagesFor("en"), KEEP)).toBe("Keep");
  expect(voteInWords(messagesFor("en"), reject("blurry", "covered"))).toBe(
    "Reject: Too blurry, Face covered",
  );
  expect(voteInWords(messagesFor("zh-Hans"), reject("blurry", "covered"))).toBe(
    "剔除：太模糊、脸被遮挡",
  );
});

test("an unknown refusal is named by its code", () => {
  expect(refusalInWords(messagesFor("en"), "moon_phase")).toContain("moon_phase");
  expect(refusalInWords(messagesFor("zh-Hans"), "lease_expired")).toBe("这一批的领取期限已过。");
});
