import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { build } from "vite";
import { defineConfig } from "vitest/config";
import { lessOfPico } from "./pico.ts";

const here = import.meta.dirname;

/** Every `src/<name>/main.ts` or `main.tsx` is one entry: a page asks for it by that path. */
function entries(): string[] {
  return readdirSync(resolve(here, "src"))
    .flatMap((name) => [`src/${name}/main.tsx`, `src/${name}/main.ts`])
    .filter((path) => existsSync(resolve(here, path)))
    .map((path) => resolve(here, path));
}

// Phones of volunteers are not always new.
const target = ["es2022", "chrome99", "edge99", "firefox104", "safari15.4"];

/** The service worker is one file, without the pages' pieces: browsers compare it byte by byte. */
const serviceWorker = {
  name: "service-worker",
  apply: "build" as const,
  async closeBundle(): Promise<void> {
    const input = resolve(here, "src/worker/worker.ts");
    await build({
      configFile: false,
      root: here,
      logLevel: "warn",
      publicDir: false,
      build: {
        outDir: "dist",
        emptyOutDir: false,
        target,
        rolldownOptions: { input, output: { format: "iife", entryFileNames: "worker.js" } },
      },
    });
  },
};

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
  plugins: [serviceWorker, precompressed],
  base: "/static/",
  css: { postcss: { plugins: [lessOfPico(resolve(here, "src"))] } },
  build: {
    manifest: "manifest.json",
    outDir: "dist",
    emptyOutDir: true,
    target,
    // Pages forbid inline content, so every picture and font is a file of its own.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: entries(),
      // What two pages use is one file: on a slow line each further one costs its own way there.
      output: { codeSplitting: { groups: [{ name: "shared", minShareCount: 2 }] } },
    },
  },
  test: {
    include: ["*.test.ts", "src/**/*.test.{ts,tsx}"],
    environment: "node",
  },
});
