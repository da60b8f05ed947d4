/** What the machine measured, as people read it. */
import type { Language } from "../../shared/language";
import type { FactKey, Facts } from "./contract";

const DEGREES: Intl.NumberFormatOptions = { maximumFractionDigits: 0, signDisplay: "exceptZero" };
const SHARE: Intl.NumberFormatOptions = { minimumFractionDigits: 2, maximumFractionDigits: 2 };
const WHOLE: Intl.NumberFormatOptions = { maximumFractionDigits: 0 };

const SHAPES: Readonly<Record<FactKey, readonly [Intl.NumberFormatOptions, string]>> = {
  sharpness: [SHARE, ""],
  yaw: [DEGREES, "°"],
  pitch: [DEGREES, "°"],
  face_size: [WHOLE, " px"],
  brightness: [{ style: "percent", maximumFractionDigits: 0 }, ""],
  num_faces: [WHOLE, ""],
  likeness: [SHARE, ""],
  suspicion: [{ style: "percent", maximumFractionDigits: 0 }, ""],
};

export const FACT_KEYS = Object.keys(SHAPES) as readonly FactKey[];

/** The value with its unit; a dash where there is none, or none that may be seen. */
export function factOf(facts: Facts, key: FactKey, language: Language): string {
  const value = facts[key];
  if (value === null || value === undefined) return "–";
  const [options, unit] = SHAPES[key];
  return `${new Intl.NumberFormat(language, options).format(value)}${unit}`;
}
