import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { defineConfig } from "vitest/config";

const here = import.meta.dirname;

/** Every `src/<name>/main.ts` or `main.tsx` is one entry: a page asks for it by that path. */
function entries(): string[] {
  return readdirSync(resolve(here, "src"))
    .flatMap((name) => [`src/${name}/main.tsx`, `src/${name}/main.ts`])
    .filter((path) => existsSync(resolve(here, path)))
    .map((path) => resolve(here, path));
}

/** Puts a `.br` and a `.gz` beside each file of text; the site sends them to whoever takes them. */
const precompressed = {
  name: "precompressed",
  apply: "build" as const,
  closeBundle(): void {
    for (const path of readdirSync(resolve(here, "dist"), { recursive: true, encoding: "utf8" })) {
      if (!/\.(js|css|svg)$/.test(path)) continue;
      const file = join(here, "dist", path);
      const content = readFileSync(file);
      writeFileSync(`${file}.br`, brotliCompressSync(content));
      writeFileSync(`${file}.gz`, gzipSync(content, { level: 9 }));
    }
  },
};

export default defineConfig({
  root: here,
  plugins: [precompressed],
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
