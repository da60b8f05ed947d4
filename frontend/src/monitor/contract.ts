/** What the run page and the server say to each other; the shapes come from the API's schema. */
import type { components } from "../shared/schema";

type Schemas = components["schemas"];

export type Run = Schemas["RunOut"];
export type RunState = Run["state"];
export type Loss = Schemas["LossOut"];

/** What may be asked of a run; each is also the last part of the address that it is sent to. */
export type Command = keyof Schemas["RunCanOut"];

/** What the two people of the run are called. */
export interface Names {
  readonly a: string;
  readonly b: string;
}
