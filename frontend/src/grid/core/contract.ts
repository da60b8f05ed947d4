/** What the grid asks of the server and is told, as the schema has it. */
import type { components, operations } from "../../shared/schema";

type Schemas = components["schemas"];

export type GridImage = Schemas["GridImageOut"];
export type State = GridImage["state"];
export type Facts = GridImage["facts"];
export type Places = Schemas["PlacesOut"];
export type WindowOfImages = Schemas["WindowOut"];
export type Position = Schemas["PositionOut"];
export type Cut = Schemas["CutOut"];
export type Rejected = Schemas["RejectOut"];
export type Reason = Schemas["ReasonEnum"];
export type Taken = Schemas["TakenOut"];

type Asked = NonNullable<operations["grid_places"]["parameters"]["query"]>;
export type SortKey = NonNullable<Asked["sort"]>;
export type FilterKey = Exclude<keyof Asked, "sort" | "descending">;
export type FactKey = keyof Facts;

/** What the page knows from the start. */
export interface Setting {
  /** Where the API of this subject's grid begins, with a slash at its end. */
  readonly api: string;
  /** Where the pages of its images are: the number and a slash complete it. */
  readonly pages: string;
  readonly batches: string;
  /** Those that rejections may name now. */
  readonly reasons: readonly Choice[];
  /** Choices whose words are rows: sources, people, reasons. */
  readonly choices: Readonly<Partial<Record<FilterKey, readonly Choice[]>>>;
}

export interface Choice {
  readonly value: string;
  /** What addresses call it, where that is another word than `label`. */
  readonly name?: string;
  readonly label: string;
}
