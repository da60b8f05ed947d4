/** The manual's first version as a reader of English gets it with a batch. */
import firstVersion from "../../../../curation/manual/first_version.json";
import type { DeskData, Reason } from "./contract";

const capitalised = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

export const MANUAL: DeskData["manual"] = {
  version: firstVersion.number,
  reasons: firstVersion.reasons.map((reason, index) => ({
    code: reason.code as Reason,
    number: index + 1,
    title: capitalised(reason.title_en),
    summary: reason.summary_en,
    definition: reason.definition_en,
    exclusion: reason.exclusion_en,
  })),
};
