/** What the page of contested pictures and the server say to each other, by the API's schema. */
import type { LookAlike, ManualReason, Portrait, Reason } from "../desk/core/contract";
import type { components } from "../shared/schema";

type Schemas = components["schemas"];

export type Case = Schemas["CaseOut"];
export type Cases = Schemas["CasesOut"];

/** What comes with the page. */
export interface RoomData extends Cases {
  readonly reasons: readonly ManualReason[];
  readonly titles: Readonly<Partial<Record<Reason, string>>>;
  readonly portraits: readonly Portrait[];
  readonly look_alikes: readonly LookAlike[];
}
