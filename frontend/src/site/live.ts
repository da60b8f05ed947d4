const SLOWEST_SECONDS = 30;

/** What came of asking for the page again; `version` names the page that was seen. */
type Seen =
  | { readonly kind: "unchanged" }
  | { readonly kind: "fresh"; readonly section: HTMLElement; readonly version: string }
  | { readonly kind: "gone" };

/** Asks for this page again and, unless it is as it was, takes over the part with the same id. */
async function refresh(section: HTMLElement, version: string): Promise<Seen> {
  const response = await fetch(location.href, {
    headers: { Accept: "text/html", "X-Live": "1", "If-None-Match": version },
    cache: "no-store",
  });
  if (response.status === 304) return { kind: "unchanged" };
  if (!response.ok || response.redirected) return { kind: "gone" };
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const fresh = page.getElementById(section.id);
  if (!fresh) return { kind: "gone" };
  const adopted = document.adoptNode(fresh);
  section.replaceWith(adopted);
  for (const id of section.dataset.liveWith?.split(" ") ?? []) renew(id, page);
  return { kind: "fresh", section: adopted, version: response.headers.get("ETag") ?? "" };
}

/** Takes over another part of the same page, unless somebody is in it. */
function renew(id: string, page: Document): void {
  const [old, fresh] = [document.getElementById(id), page.getElementById(id)];
  if (old && fresh && !old.contains(document.activeElement))
    old.replaceWith(document.adoptNode(fresh));
}

/**
 * A section with an id and `data-live="2"` is renewed every two seconds, as long as the server
 * still sends it with that attribute: work that is done drops it. A hidden tab waits; errors make
 * it ask less often. Parts whose ids `data-live-with` names are renewed with it.
 */
function follow(section: HTMLElement, version = ""): void {
  const seconds = Number(section.dataset.live);
  if (!section.id || !(seconds > 0)) return;
  let pause = seconds;
  const next = () => setTimeout(step, pause * 1000);
  async function step(): Promise<void> {
    if (document.hidden || section.contains(document.activeElement)) {
      next();
      return;
    }
    const seen = await refresh(section, version).catch((): Seen => ({ kind: "gone" }));
    if (seen.kind === "fresh") {
      if (seen.section.dataset.live !== undefined) follow(seen.section, seen.version);
      return;
    }
    pause = seen.kind === "unchanged" ? seconds : Math.min(pause * 2, SLOWEST_SECONDS);
    next();
  }
  next();
}

export function startLiveSections(): void {
  for (const section of document.querySelectorAll<HTMLElement>("[data-live]")) follow(section);
}
