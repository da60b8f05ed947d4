/**
 * The copy of a desk's page that is taken along: as the server gives it, with every script and style
 * it may ask for. All are of one version of the site, so a copy works after the site was renewed.
 */
import type { DeskData } from "../core/contract";

/** What Vite writes of each file of the site. */
interface Chunk {
  readonly file: string;
  readonly css?: readonly string[];
  readonly imports?: readonly string[];
  readonly dynamicImports?: readonly string[];
}
type Manifest = Readonly<Record<string, Chunk>>;

export interface Copy {
  readonly page: Response;
  readonly data: DeskData;
  /** The addresses of scripts and styles. */
  readonly files: readonly string[];
}

/** The page was refused, or the site was renewed since this page came: it has to be loaded anew. */
export class NoCopy extends Error {
  constructor(readonly code: "refused" | "renewed") {
    super(code);
  }
}

const STATIC = "/static/";
const ENTRIES = ["src/first/main.ts", "src/site/main.ts", "src/desk/main.tsx"];

export async function copyOf(url: string): Promise<Copy> {
  const answer = await fetch(url, { headers: { Accept: "text/html" }, cache: "no-store" });
  if (!answer.ok || answer.redirected) throw new NoCopy("refused");
  const text = await answer.text();
  const manifest = (await (await fetch(`${STATIC}manifest.json`, { cache: "no-store" })).json()) as
    | Manifest
    | undefined;
  const files = filesOf(manifest ?? {}, text);
  const headers = new Headers({ "Content-Type": "text/html; charset=utf-8" });
  const policy = answer.headers.get("Content-Security-Policy");
  if (policy) headers.set("Content-Security-Policy", policy);
  const page = new Response(asCopy(text), { headers });
  return { page, data: dataIn(text), files };
}

/** It says of itself that it is a copy, and asks for no picture by an address that has ended. */
export function asCopy(text: string): string {
  return text
    .replace(/<link rel="preload"[^>]*>/g, "")
    .replace(/<img src="\/pictures\/[^>]*>/g, "")
    .replace('<div id="desk" ', '<div id="desk" data-copy ');
}

export function filesOf(manifest: Manifest, text: string): string[] {
  const found = new Set<string>();
  const seen = new Set<string>();
  const add = (name: string) => {
    const chunk = manifest[name];
    if (!chunk || seen.has(name)) return;
    seen.add(name);
    for (const file of [chunk.file, ...(chunk.css ?? [])]) found.add(`${STATIC}${file}`);
    for (const next of [...(chunk.imports ?? []), ...(chunk.dynamicImports ?? [])]) add(next);
  };
  for (const entry of ENTRIES) add(entry);
  const asked = [...text.matchAll(/(?:src|href)="(\/static\/assets\/[^"]+)"/g)].map(
    ([, file = ""]) => file,
  );
  if (asked.length === 0 || asked.some((file) => !found.has(file))) throw new NoCopy("renewed");
  const icons = [...text.matchAll(/href="(\/static\/[\w.]+\.svg)/g)].map(([, file = ""]) => file);
  return [...new Set([...found, ...icons])];
}

function dataIn(text: string): DeskData {
  const page = new DOMParser().parseFromString(text, "text/html");
  return JSON.parse(page.getElementById("desk-data")?.textContent ?? "") as DeskData;
}
