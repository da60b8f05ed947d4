import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { messagesFor, TEXTS as ON_EVERY_PAGE, type Texts } from "./messages";
import { GRID_TEXTS } from "./texts/grid";
import { MONITOR_TEXTS } from "./texts/monitor";
import { UPLOAD_TEXTS } from "./texts/upload";

const PAGES: readonly Texts[] = [ON_EVERY_PAGE, GRID_TEXTS, MONITOR_TEXTS, UPLOAD_TEXTS];
const TEXTS: Texts = {
  en: Object.assign({}, ...PAGES.map(({ en }) => en)),
  "zh-Hans": Object.assign({}, ...PAGES.map((page) => page["zh-Hans"])),
};
const KEYS = Object.keys(TEXTS.en);

const FILES = import.meta.glob<Readonly<Record<string, object>>>("./texts/*.ts", { eager: true });

test("no key stands for two texts", () => {
  const named = Object.values(FILES).flatMap((file) => Object.entries(file));
  const english = named.filter(([name]) => name.endsWith("_EN"));
  expect(english.flatMap(([, texts]) => Object.keys(texts)).sort()).toEqual([...KEYS].sort());
});

const en = (key: string) => TEXTS.en[key] ?? "";
const zh = (key: string) => TEXTS["zh-Hans"][key] ?? "";
const blanks = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();

test.each(KEYS)("%s has the same blanks in both languages, and is translated", (key) => {
  expect(blanks(zh(key))).toEqual(blanks(en(key)));
  expect(zh(key)).toMatch(/[\u4e00-\u9fff]|^\{/);
  expect(en(key)).not.toMatch(/[\u4e00-\u9fff]/);
});

test.each(KEYS)("in Chinese, %s has a space between words and numbers or Latin letters", (key) => {
  // {when} stands for a time, which begins with a digit and ends in Chinese.
  const text = zh(key)
    .replace("{when}", "1 日")
    .replace(/\{\w+\}/g, "1");
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
  for (const text of KEYS.flatMap((key) => [en(key), zh(key)])) {
    for (const word of NOT_USED ?? []) expect(text.toLowerCase()).not.toContain(word);
  }
});

test("blanks are filled, zero included", () => {
  const { say } = messagesFor("en");
  expect(say("judgedOf", { judged: 0, total: 7 })).toBe("0 of 7 judged");
});
