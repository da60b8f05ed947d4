/**
 * All words that scripts put on the screen, from the files in texts/. English is the list of keys:
 * a key that Chinese lacks, or a blank that nobody fills, is a type error.
 */
import type { Language } from "./language";
import { COMMON_EN, COMMON_ZH } from "./texts/common";
import { DESK_EN, DESK_ZH } from "./texts/desk";
import { GRID_EN, GRID_ZH } from "./texts/grid";
import { MONITOR_EN, MONITOR_ZH } from "./texts/monitor";
import { UPLOAD_EN, UPLOAD_ZH } from "./texts/upload";
import { VOTES_EN, VOTES_ZH } from "./texts/votes";

const EN = {
  ...COMMON_EN,
  ...VOTES_EN,
  ...DESK_EN,
  ...MONITOR_EN,
  ...GRID_EN,
  ...UPLOAD_EN,
} as const;

export type MessageKey = keyof typeof EN;

const ZH: Readonly<Record<MessageKey, string>> = {
  ...COMMON_ZH,
  ...VOTES_ZH,
  ...DESK_ZH,
  ...MONITOR_ZH,
  ...GRID_ZH,
  ...UPLOAD_ZH,
};

/** The names in braces in a text. */
type Blank<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Blank<Rest>
  : never;

type Fill<Key extends MessageKey> = [Blank<(typeof EN)[Key]>] extends [never]
  ? []
  : [blanks: Readonly<Record<Blank<(typeof EN)[Key]>, string | number>>];

export interface Messages {
  readonly language: Language;
  say<Key extends MessageKey>(key: Key, ...fill: Fill<Key>): string;
}

export function messagesFor(language: Language): Messages {
  const texts: Readonly<Record<MessageKey, string>> = language === "en" ? EN : ZH;
  return {
    language,
    say: (key, ...fill) => filled(texts[key], fill[0] ?? {}),
  };
}

function filled(text: string, blanks: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (_, name: string) => String(blanks[name] ?? ""));
}

/** The texts themselves, for tests that compare the languages. */
export const TEXTS: Readonly<Record<Language, Readonly<Record<MessageKey, string>>>> = {
  en: EN,
  "zh-Hans": ZH,
};
