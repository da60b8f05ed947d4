import { expect, test } from "vitest";
import { KEEP, reject } from "../desk/core/batch.fixture";
import { REASONS } from "../desk/core/contract";
import { refusalInWords, voteInWords } from "../desk/core/says";
import { type MessageKey, messagesFor, TEXTS } from "./messages";
import { fromNow } from "./time";

const KEYS = Object.keys(TEXTS.en) as MessageKey[];
const blanks = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();

test.each(KEYS)("%s has the same blanks in both languages, and is translated", (key) => {
  expect(blanks(TEXTS["zh-Hans"][key])).toEqual(blanks(TEXTS.en[key]));
  expect(TEXTS["zh-Hans"][key]).toMatch(/[\u4e00-\u9fff]|^\{/);
  expect(TEXTS.en[key]).not.toMatch(/[\u4e00-\u9fff]/);
});

test("blanks are filled, zero included", () => {
  const { say } = messagesFor("en");
  expect(say("judgedOf", { judged: 0, total: 7 })).toBe("0 of 7 judged");
});

test("a vote in words", () => {
  expect(voteInWords(messagesFor("en"), KEEP)).toBe("Keep");
  expect(voteInWords(messagesFor("en"), reject("blurry", "covered"))).toBe(
    "Reject: Too blurry, Face covered",
  );
  expect(voteInWords(messagesFor("zh-Hans"), reject("blurry", "covered"))).toBe(
    "剔除：太模糊、脸被遮挡",
  );
});

test("every reason has a name and one line on how to tell, in both languages", () => {
  for (const language of ["en", "zh-Hans"] as const) {
    const { say } = messagesFor(language);
    const names = new Set(REASONS.map((reason) => say(reason)));
    expect(names.size).toBe(REASONS.length);
    for (const reason of REASONS) expect(say(`${reason}How`).length).toBeGreaterThan(8);
  }
});

test("an unknown refusal is named by its code", () => {
  expect(refusalInWords(messagesFor("en"), "moon_phase")).toContain("moon_phase");
  expect(refusalInWords(messagesFor("zh-Hans"), "lease_expired")).toBe("这一批的领取期限已过。");
});

test("time to come in words", () => {
  expect(fromNow(3 * 86_400_000 + 5, "en")).toBe("in 3 days");
  expect(fromNow(26 * 3_600_000, "zh-Hans")).toBe("26小时后");
  expect(fromNow(100 * 60_000, "en")).toBe("in 100 minutes");
});
