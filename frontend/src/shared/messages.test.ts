import { expect, test } from "vitest";
import { type MessageKey, messagesFor, TEXTS } from "./messages";

const KEYS = Object.keys(TEXTS.en) as MessageKey[];
const blanks = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();

test.each(KEYS)("%s has the same blanks in both languages, and is translated", (key) => {
  expect(blanks(TEXTS["zh-Hans"][key])).toEqual(blanks(TEXTS.en[key]));
  expect(TEXTS["zh-Hans"][key]).toMatch(/[\u4e00-\u9fff]|^\{/);
  expect(TEXTS.en[key]).not.toMatch(/[\u4e00-\u9fff]/);
});

test.each(KEYS)("in Chinese, %s has a space between words and numbers or Latin letters", (key) => {
  // {when} is a phrase of its own and ends in Chinese.
  const text = TEXTS["zh-Hans"][key].replace("{when}", "1 后").replace(/\{\w+\}/g, "1");
  expect(text).not.toMatch(/\p{Script=Han}[\da-z]|[\da-z]\p{Script=Han}/iu);
});

test("blanks are filled, zero included", () => {
  const { say } = messagesFor("en");
  expect(say("judgedOf", { judged: 0, total: 7 })).toBe("0 of 7 judged");
});
