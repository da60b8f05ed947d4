import { describe, expect, test } from "vitest";
import { asCopy, filesOf, NoCopy } from "./copy";

const MANIFEST = {
  "src/site/main.ts": {
    file: "assets/site.js",
    css: ["assets/site.css"],
    imports: ["_shared.js"],
    dynamicImports: ["src/site/left.ts"],
  },
  "src/desk/main.tsx": {
    file: "assets/desk.js",
    css: ["assets/desk.css"],
    imports: ["_shared.js"],
    dynamicImports: ["src/desk/views/along.tsx"],
  },
  "src/monitor/main.tsx": { file: "assets/monitor.js" },
  "src/site/left.ts": { file: "assets/left.js" },
  "src/desk/views/along.tsx": { file: "assets/along.js", imports: ["src/desk/main.tsx"] },
  "_shared.js": { file: "assets/shared.js" },
};

const page = (desk = "desk") => `<link rel="icon" href="/static/favicon.svg">
<link rel="preload" as="image" href="/pictures/sealed/preview.webp" fetchpriority="high">
<link rel="stylesheet" href="/static/assets/site.css">
<script type="module" src="/static/assets/${desk}.js"></script>
<div id="desk" data-batch-id="3"><img src="/pictures/sealed/preview.webp" alt=""></div>`;

describe("the copy of a desk's page", () => {
  test("comes with every script and style that the desk may ask for, and no others", () => {
    expect(filesOf(MANIFEST, page()).sort()).toEqual([
      ...["along.js", "desk.css", "desk.js", "left.js", "shared.js", "site.css", "site.js"].map(
        (name) => `/static/assets/${name}`,
      ),
      "/static/favicon.svg",
    ]);
  });

  test("is not made when the site was renewed since the page came", () => {
    expect(() => filesOf(MANIFEST, page("older"))).toThrow(NoCopy);
    expect(() => filesOf({}, "")).toThrow(NoCopy);
  });

  test("says that it is one, and asks for no picture by an address that has ended", () => {
    const copy = asCopy(page());
    expect(copy).toContain('<div id="desk" data-copy data-batch-id="3">');
    expect(copy).not.toContain("/pictures/");
  });
});
