/** The reason to reject a picture that the machine would name first, in words. */
import type { GridImage, Setting } from "./contract";

/** Null where it names none, or the reader is to judge the picture first. */
export function suspicionOf(image: GridImage | null, { choices }: Setting): string | null {
  const suspected = image?.suspected;
  if (!suspected) return null;
  return choices.suspected?.find(({ value }) => value === suspected)?.label ?? suspected;
}
