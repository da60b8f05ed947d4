import { existsSync, readdirSync } from "node:fs";
import { resolve } from "node:path";
import { defineConfig } from "vitest/config";

const here = import.meta.dirname;

/** Every `src/<name>/main.ts` or `main.tsx` is one entry: a page asks for it by that path. */
function entries(): string[] {
  return readdirSync(resolve(here, "src"))
    .flatMap((name) => [`src/${name}/main.tsx`, `src/${name}/main.ts`])
    .filter((path) => existsSync(resolve(here, path)))
    .map((path) => resolve(here, path));
}

export default defineConfig({
  root: here,
  base: "/static/",
  build: {
    manifest: "manifest.json",
    outDir: "dist",
    emptyOutDir: true,
    // Phones of volunteers are not always new.
    target: ["es2022", "chrome99", "edge99", "firefox104", "safari15.4"],
    // Pages forbid inline content, so every picture and font is a file of its own.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: entries() },
  },
  test: {
    include: ["src/**/*.test.{ts,tsx}"],
    environment: "node",
  },
});
