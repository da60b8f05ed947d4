import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import postcss from "postcss";
import { expect, test } from "vitest";
import { lessOfPico, UNUSED } from "./pico";

const SITE = resolve(import.meta.dirname, "..");

function pages(): string[] {
  return ["templates", "frontend/src"].flatMap((folder) =>
    readdirSync(join(SITE, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => /\.(html|ts|tsx)$/.test(name))
      .map((name) => readFileSync(join(SITE, folder, name), "utf8")),
  );
}

/** How a page would write what the selector asks for. */
function written(selector: string): RegExp {
  const [, attribute, value] = /^\[([\w-]+)=?(\w*)/.exec(selector) ?? [];
  if (attribute && value) return new RegExp(`\\b${attribute}="${value}"`);
  if (attribute) return new RegExp(`\\b${attribute}\\b`);
  const [, name] = /\.([\w-]+)$/.exec(selector) ?? [];
  if (name) return new RegExp(`class="([^"]* )?${name}[ "]`);
  return new RegExp(`<${selector}\\b|attachShadow.*${selector}`);
}

test.each(UNUSED)("no page has %s", (selector) => {
  const asksFor = written(selector);
  expect(pages().filter((page) => asksFor.test(page))).toEqual([]);
});

function built(ofPico: string, ofOurs: string): string {
  const pico = postcss.parse(ofPico, { from: "/node_modules/@picocss/pico/css/pico.css" });
  const root = postcss.parse(ofOurs, { from: "/src/site/site.css" });
  root.prepend(pico.nodes);
  const plugin = lessOfPico(join(SITE, "frontend", "src"));
  return postcss([plugin]).process(root, { from: undefined }).css.replace(/\s+/g, " ").trim();
}

test("rules for what no page has go, and those that only mention it stay", () => {
  const pico = "[data-tooltip]{color:red} details:not(.dropdown){color:red} a,.outline{color:red}";
  expect(built(pico, "")).toBe("details:not(.dropdown){color:red} a{color:red}");
});

test("values that our page sets go, and those that nobody reads", () => {
  const pico = `:root:not([data-theme=dark]){--pico-a:1;--pico-b:1;--pico-c:var(--pico-d);--pico-d:1}
    p{top:var(--pico-a);left:var(--pico-b)} p.x{--pico-a:2}`;
  expect(built(pico, ":root{--pico-a:3}")).toBe(
    ":root:not([data-theme=dark]){--pico-b:1} p{top:var(--pico-a);left:var(--pico-b)} p.x{--pico-a:2} :root{--pico-a:3}",
  );
});
