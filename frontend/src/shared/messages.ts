/**
 * All words that scripts put on the screen, from the files in texts/. English is the list of keys:
 * a key that Chinese lacks, or a blank that nobody fills, is a type error. What only one page says
 * comes with that page, so that nobody fetches it for another.
 */
import type { Language } from "./language";
import { ALONG_EN, ALONG_ZH } from "./texts/along";
import { COMMON_EN, COMMON_ZH } from "./texts/common";
import { DESK_EN, DESK_ZH } from "./texts/desk";
import { DESK_ASKING_EN, DESK_ASKING_ZH } from "./texts/desk-asking";
import { DESK_END_EN, DESK_END_ZH } from "./texts/desk-end";
import { DESK_GRID_EN, DESK_GRID_ZH } from "./texts/desk-grid";
import { DESK_HELP_EN, DESK_HELP_ZH } from "./texts/desk-help";
import type { GRID_EN } from "./texts/grid";
import type { MONITOR_EN } from "./texts/monitor";
import { RULINGS_EN, RULINGS_ZH } from "./texts/rulings";
import type { UPLOAD_EN } from "./texts/upload";
import { VOTES_EN, VOTES_ZH } from "./texts/votes";

const EN = {
  ...COMMON_EN,
  ...VOTES_EN,
  ...DESK_EN,
  ...DESK_GRID_EN,
  ...DESK_ASKING_EN,
  ...DESK_HELP_EN,
  ...DESK_END_EN,
  ...ALONG_EN,
  ...RULINGS_EN,
} as const;

const ZH: Readonly<Record<keyof typeof EN, string>> = {
  ...COMMON_ZH,
  ...VOTES_ZH,
  ...DESK_ZH,
  ...DESK_GRID_ZH,
  ...DESK_ASKING_ZH,
  ...DESK_HELP_ZH,
  ...DESK_END_ZH,
  ...ALONG_ZH,
  ...RULINGS_ZH,
};

type English = typeof EN & typeof GRID_EN & typeof MONITOR_EN & typeof UPLOAD_EN;

export type MessageKey = keyof English;

/** Texts in both languages, by key. */
export type Texts = Readonly<Record<Language, Readonly<Record<string, string>>>>;

/** The names in braces in a text. */
type Blank<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Blank<Rest>
  : never;

type Fill<Key extends MessageKey> = [Blank<English[Key]>] extends [never]
  ? []
  : [blanks: Readonly<Record<Blank<English[Key]>, string | number>>];

export interface Messages {
  readonly language: Language;
  say<Key extends MessageKey>(key: Key, ...fill: Fill<Key>): string;
}

/** What is said on every page and at the desk, and what `page` alone says. */
export function messagesFor(language: Language, page?: Texts): Messages {
  const texts: Readonly<Record<string, string>> = { ...TEXTS[language], ...page?.[language] };
  return {
    language,
    say: (key, ...fill) => filled(texts[key] ?? key, fill[0] ?? {}),
  };
}

function filled(text: string, blanks: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (_, name: string) => String(blanks[name] ?? ""));
}

/** What every page has. */
export const TEXTS: Texts = { en: EN, "zh-Hans": ZH };
