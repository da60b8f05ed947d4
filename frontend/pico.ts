/**
 * Leaves out of Pico what no page has or reads, while the style sheet is built.
 *
 * Out go rules for things in UNUSED, values for the page as a whole that site/tokens.css sets
 * itself, and values that nobody reads. What is left looks as before: a rule that cannot match
 * and a value that another one covers have no say.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Container, Declaration, Plugin, Root, Rule } from "postcss";

/** What our pages do without; `pico.test.ts` looks whether it is so. As Pico writes it. */
export const UNUSED = [
  "[data-tooltip",
  "details.dropdown",
  "[role=search]",
  "[type=color]",
  "[type=range]",
  "[role=switch]",
  "[dir=rtl]",
  ":host",
  ".container",
  ".overflow-auto",
  ".striped",
  ".outline",
  ".secondary",
  ".contrast",
  "hgroup",
];

const WHOLE_PAGE = /^(:root|\[data-theme="?\w+"?\])(:not\([^()]*\))*$/;

export function lessOfPico(source: string): Plugin {
  return {
    postcssPlugin: "less-of-pico",
    Once(root) {
      const ofPico = rulesOfPico(root);
      if (ofPico.length === 0) return;
      for (const rule of ofPico) dropUnused(rule);
      const ours = namesSetByUs(root);
      for (const rule of ofPico) if (rule.parent) dropValues(rule, ours);
      dropUnread(root, ofPico, readIn(source));
      dropEmpty(root);
    },
  };
}

function rulesOfPico(root: Root): Rule[] {
  const rules: Rule[] = [];
  root.walkRules((rule) => {
    if (rule.source?.input.file?.includes("@picocss")) rules.push(rule);
  });
  return rules;
}

function dropUnused(rule: Rule): void {
  const kept = rule.selectors.filter((selector) => !needsWhatIsUnused(selector));
  if (kept.length === 0) rule.remove();
  else if (kept.length < rule.selectors.length) rule.selectors = kept;
}

/** Only what must be there counts: not what stands in `:not(…)`, nor one of several in `:is(…)`. */
function needsWhatIsUnused(selector: string): boolean {
  let bare = selector.replaceAll(/["']/g, "");
  for (let before = ""; before !== bare; ) {
    before = bare;
    bare = bare.replace(/:(not|is|where|has)\([^()]*\)/g, "");
  }
  return UNUSED.some((part) => bare.includes(part));
}

/** The values that our own rule for the whole page sets, on every screen and in both themes. */
function namesSetByUs(root: Root): Set<string> {
  const names = new Set<string>();
  root.each((node) => {
    if (node.type !== "rule" || node.selector !== ":root") return;
    for (const { prop } of values(node)) names.add(prop);
  });
  return names;
}

function dropValues(rule: Rule, covered: ReadonlySet<string>): void {
  if (!rule.selectors.every((selector) => WHOLE_PAGE.test(selector))) return;
  for (const value of values(rule)) if (covered.has(value.prop)) value.remove();
}

function dropUnread(root: Root, rules: readonly Rule[], elsewhere: ReadonlySet<string>): void {
  for (let dropped = true; dropped; ) {
    dropped = false;
    const read = new Set(elsewhere);
    root.walkDecls(({ value }) => {
      for (const name of namesIn(value)) read.add(name);
    });
    for (const value of rules.flatMap(values)) {
      if (!value.parent || read.has(value.prop)) continue;
      value.remove();
      dropped = true;
    }
  }
}

function dropEmpty(container: Container): void {
  container.walk((node) => {
    if ((node.type === "rule" || node.type === "atrule") && node.nodes?.length === 0) node.remove();
  });
}

function values(rule: Rule): Declaration[] {
  return (rule.nodes ?? []).filter(
    (node): node is Declaration => node.type === "decl" && node.prop.startsWith("--pico-"),
  );
}

function namesIn(text: string): string[] {
  return [...text.matchAll(/var\(\s*(--pico-[\w-]+)/g)].map((found) => found[1] ?? "");
}

/** All that the style sheets of `source` read: those of single pages are built apart. */
function readIn(source: string): Set<string> {
  const sheets = readdirSync(source, { recursive: true, encoding: "utf8" });
  const texts = sheets
    .filter((name) => name.endsWith(".css"))
    .map((name) => readFileSync(join(source, name), "utf8"));
  return new Set(texts.flatMap(namesIn));
}
