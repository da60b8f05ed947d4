/**
 * The rooms of src/ and what each may import, types and dynamic imports included. A file belongs to
 * the entry that is its own path, else to that of its folder; an import that no entry allows is an
 * error, and so is a folder that no entry names. Circles between files are Biome's to find.
 */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import ts from "typescript";

const MAY_IMPORT = {
  shared: ["shared/texts"],
  "shared/texts": [],
  "shared/viewer": [],
  "shared/views": ["shared"],

  "desk/core": ["shared"],
  "desk/sending": ["shared", "desk/core"],
  "desk/kept": ["shared", "desk/core", "desk/sending"],
  "desk/along": ["shared", "desk/core", "desk/kept"],
  "desk/modes": ["shared", "desk/core"],
  "desk/desk.ts": ["shared", "desk/core", "desk/sending", "desk/along", "desk/modes"],
  "desk/input": [
    ...["shared", "shared/viewer", "desk/core", "desk/sending", "desk/modes", "desk/desk.ts"],
    "desk/along",
  ],
  "desk/views": [
    ...["shared", "shared/viewer", "desk/core", "desk/sending", "desk/modes", "desk/desk.ts"],
    ...["desk/input", "desk/kept", "shared/views"],
  ],
  desk: [
    ...[
      "shared",
      "desk/core",
      "desk/sending",
      "desk/kept",
      "desk/along",
      "desk/modes",
      "desk/desk.ts",
      "desk/input",
    ],
    "desk/views",
  ],

  worker: ["shared", "desk/core", "desk/sending", "desk/kept"],

  // What only one page says comes with that page.
  monitor: ["shared", "shared/texts"],
  "monitor/views": ["shared", "shared/texts", "monitor"],
  "monitor/main.tsx": ["shared", "shared/texts", "monitor", "monitor/views"],

  // Rulings are sent as votes are, by the desk's own sending, and by its keys.
  adjudicate: ["shared", "desk/core", "desk/sending", "adjudicate/views"],
  "adjudicate/views": ["shared", "shared/viewer", "shared/views", "desk/core", "adjudicate"],
  duplicates: ["shared"],
  // Practised is with the keys that people gave to the desk.
  practice: ["shared", "shared/viewer", "desk/sending"],
  upload: ["shared", "shared/texts"],
  pack: [],
  first: [],

  "grid/core": ["shared", "shared/texts"],
  "grid/input": [],
  "grid/acts.ts": ["shared", "grid/core"],
  "grid/grid.ts": ["shared", "grid/core", "grid/input", "grid/acts.ts"],
  "grid/actions.ts": ["shared", "grid/grid.ts"],
  "grid/views": [
    ...["shared", "shared/viewer", "grid/core", "grid/input", "grid/grid.ts", "grid/actions.ts"],
  ],
  grid: [
    ...["shared", "shared/texts", "grid/core", "grid/input", "grid/grid.ts", "grid/actions.ts"],
    "grid/views",
  ],

  // Votes that a closed tab left behind are sent from any page, by the desk's own sending.
  site: ["shared", "desk/core", "desk/sending", "desk/kept"],
};

const SOURCE = resolve(import.meta.dirname, "src");

function roomOf(path) {
  return [path, dirname(path)].find((name) => name in MAY_IMPORT);
}

/** The files of src/ that `path` imports; data of the site may come from anywhere. */
function importsOf(path) {
  const { importedFiles } = ts.preProcessFile(readFileSync(resolve(SOURCE, path), "utf8"));
  return importedFiles
    .filter(({ fileName }) => fileName.startsWith("."))
    .map(({ fileName }) => relative(SOURCE, resolve(SOURCE, dirname(path), fileName)))
    .filter((name) => !name.startsWith(".."))
    .map((name) => ["", ".ts", ".tsx", ".d.ts"].map((end) => name + end).find(isFile) ?? name);
}

const files = readdirSync(SOURCE, { recursive: true });
const isFile = (name) => files.includes(name);

const mistakes = [];
for (const path of files.filter((name) => /\.tsx?$/.test(name))) {
  const room = roomOf(path);
  if (!room) mistakes.push(`${path}: rooms.mjs does not name its folder`);
  for (const imported of importsOf(path)) {
    const allowed = room ? [room, ...MAY_IMPORT[room]] : [];
    if (!allowed.includes(roomOf(imported))) mistakes.push(`${path} may not import ${imported}`);
  }
}
process.stderr.write(mistakes.map((mistake) => `${mistake}\n`).join(""));
process.exitCode = mistakes.length > 0 ? 1 : 0;
