export type Language = "zh-Hans" | "en";

/** The language of the page, which the server chose and wrote into `<html lang>`. */
export function pageLanguage(): Language {
  return document.documentElement.lang.toLowerCase().startsWith("en") ? "en" : "zh-Hans";
}
