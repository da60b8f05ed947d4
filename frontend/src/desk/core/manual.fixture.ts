/** The manual's first version, as its readers get it with a batch. */
import texts from "../../../../curation/manual/first_version.json";
import type { DeskData, Reason } from "./contract";

const capitalised = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

export function manualIn(language: "en" | "zh"): DeskData["manual"] {
  return {
    version: texts.number,
    reasons: texts.reasons.map((reason, index) => ({
      code: reason.code as Reason,
      number: index + 1,
      title: capitalised(reason[`title_${language}`]),
      summary: reason[`summary_${language}`],
      definition: reason[`definition_${language}`],
      exclusion: reason[`exclusion_${language}`],
    })),
  };
}

export const MANUAL = manualIn("en");

/** In the manual's order: the key `1` is the first. */
export const REASONS = MANUAL.reasons.map(({ code }) => code);
