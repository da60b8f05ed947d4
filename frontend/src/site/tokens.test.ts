import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";

const css = readFileSync(resolve(import.meta.dirname, "tokens.css"), "utf8");

/** The two values of a colour token, as [light, dark]. */
function token(name: string): readonly [string, string] {
  const found = new RegExp(`--${name}: (?:light-dark\\((#\\w{6}), (#\\w{6})\\)|(#\\w{6}));`).exec(
    css,
  );
  const [, light, dark, both] = found ?? [];
  if (both) return [both, both];
  if (!light || !dark) throw new Error(`no colour named ${name}`);
  return [light, dark];
}

/** WCAG 2 relative luminance of #rrggbb. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((start) => Number.parseInt(colour.slice(start, start + 2), 16) / 255)
    .map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

const TEXT: readonly (readonly [string, string])[] = [
  ...["paper", "surface", "sunken"].flatMap((ground) =>
    ["ink", "ink-2", "ink-3", "accent"].map((text) => [text, ground] as const),
  ),
  ["on-accent", "accent"],
  ["on-accent", "accent-strong"],
  ["accent-strong", "accent-soft"],
  ["ink-3", "accent-soft"],
  ["keep", "keep-soft"],
  ["reject", "reject-soft"],
  ["unsure", "unsure-soft"],
  ["keep", "paper"],
  ["reject", "paper"],
  ["unsure", "paper"],
  ["on-fill", "keep-fill"],
  ["on-fill", "reject-fill"],
];

describe.each([
  ["light", 0],
  ["dark", 1],
] as const)("in the %s theme", (_, theme) => {
  test.each(TEXT)("%s can be read on %s", (text, ground) => {
    expect(contrast(token(text)[theme], token(ground)[theme])).toBeGreaterThanOrEqual(4.5);
  });
});
