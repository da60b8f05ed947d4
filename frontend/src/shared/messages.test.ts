import { readFileSync } from "node:fs";
import { resolve } from "node:path";
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
  // {when} stands for a time, which begins with a digit and ends in Chinese.
  const text = TEXTS["zh-Hans"][key].replace("{when}", "1 日").replace(/\{\w+\}/g, "1");
  expect(text).not.toMatch(/\p{Script=Han}[\da-z]|[\da-z]\p{Script=Han}/iu);
});

/** The glossary rules words out that had come to stand for a second thing. */
const NOT_USED = readFileSync(resolve(import.meta.dirname, "../../../docs/words.md"), "utf8")
  .split("## Words not used")[1]
  ?.match(/^\| .+? \|/gm)
  ?.map((cell) => cell.slice(2, -2))
  .filter((word) => word !== "---" && word !== "not");

test("no text has a word that the glossary rules out", () => {
  expect(NOT_USED?.length).toBeGreaterThan(20);
  for (const text of KEYS.flatMap((key) => [TEXTS.en[key], TEXTS["zh-Hans"][key]])) {
    for (const word of NOT_USED ?? []) expect(text.toLowerCase()).not.toContain(word);
  }
});

test("blanks are filled, zero included", () => {
  const { say } = messagesFor("en");
  expect(say("judgedOf", { judged: 0, total: 7 })).toBe("0 of 7 judged");
});
