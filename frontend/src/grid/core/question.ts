/** What to list, in which order: what the address of the page says, and what the server is asked. */
import type { FilterKey, SortKey } from "./contract";

export interface Question {
  readonly sort: SortKey;
  readonly descending: boolean;
  readonly filters: Readonly<Partial<Record<FilterKey, string>>>;
}

/** In the order in which they are offered. One more sort is one more line here and its words. */
export const SORTS: readonly SortKey[] = [
  "number",
  "sharpness",
  "yaw",
  "pitch",
  "face_size",
  "brightness",
  "num_faces",
  "likeness",
  "suspicion",
  "duplicates",
];

/** Strangers, and what is suspected most, are what one looks for: those come first. */
const LARGEST_FIRST: readonly SortKey[] = ["likeness", "suspicion"];

/** The filters and their choices; `null` where the choices are rows that the page names. */
export const FILTERS: Readonly<Record<FilterKey, readonly string[] | null>> = {
  state: ["kept", "rejected", "contested", "wanted", "new"],
  source: null,
  faces: ["none", "one", "several", "unseen"],
  face_size: ["under_128", "128_to_255", "from_256"],
  yaw: ["left_profile", "left", "front", "right", "right_profile"],
  pitch: ["down", "level", "up"],
  brightness: ["dark", "medium", "bright"],
  sharpness: ["soft", "fair", "sharp"],
  mouth_open: ["shut", "ajar", "open"],
  eyes_open: ["shut", "open"],
  duplicates: ["some", "none"],
  suspected: null,
  reason: null,
  person: null,
  old_text: null,
  gold: ["yes", "no"],
};
export const FILTER_KEYS = Object.keys(FILTERS) as readonly FilterKey[];

export const EVERYTHING: Question = { sort: "number", descending: false, filters: {} };

/** The same in another order, the way round that is useful; it can be turned. */
export function sortedBy(question: Question, sort: SortKey): Question {
  const before = LARGEST_FIRST.includes(question.sort);
  const now = LARGEST_FIRST.includes(sort);
  return { ...question, sort, descending: before === now ? question.descending : now };
}

/** The same with another choice of one filter; a blank one leaves all. */
export function filteredBy(question: Question, key: FilterKey, value: string): Question {
  const { [key]: _before, ...others } = question.filters;
  return { ...question, filters: value ? { ...others, [key]: value } : others };
}

/** As the query of an address; empty for everything by number. */
export function queryOf({ sort, descending, filters }: Question): URLSearchParams {
  const query = new URLSearchParams();
  if (sort !== "number") query.set("sort", sort);
  if (descending) query.set("descending", "true");
  for (const key of FILTER_KEYS) {
    const value = filters[key];
    if (value) query.set(key, value);
  }
  return query;
}

/** What a query means; of what it should not say, nothing is left. */
export function questionOf(
  query: URLSearchParams,
  known: (key: FilterKey, value: string) => string | null,
): Question {
  const filters: Partial<Record<FilterKey, string>> = {};
  for (const key of FILTER_KEYS) {
    const value = known(key, query.get(key) ?? "");
    if (value) filters[key] = value;
  }
  const sort = SORTS.find((key) => key === query.get("sort")) ?? "number";
  return { sort, descending: query.get("descending") === "true", filters };
}

export function numFilters({ filters }: Question): number {
  return Object.values(filters).filter(Boolean).length;
}
