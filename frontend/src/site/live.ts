const SLOWEST_SECONDS = 30;

/** Asks for this page again and takes over the part of it with the same id. */
async function refresh(section: HTMLElement): Promise<HTMLElement | null> {
  const response = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!response.ok || response.redirected) return null;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const fresh = page.getElementById(section.id);
  if (!fresh) return null;
  const adopted = document.adoptNode(fresh);
  section.replaceWith(adopted);
  return adopted;
}

/**
 * A section with an id and `data-live="2"` is renewed every two seconds, as long as the server
 * still sends it with that attribute: work that is done drops it. A hidden tab waits; errors make
 * it ask less often.
 */
function follow(section: HTMLElement): void {
  const seconds = Number(section.dataset.live);
  if (!section.id || !(seconds > 0)) return;
  let pause = seconds;
  const next = () => setTimeout(step, pause * 1000);
  async function step(): Promise<void> {
    if (document.hidden || section.contains(document.activeElement)) {
      next();
      return;
    }
    const fresh = await refresh(section).catch(() => null);
    if (fresh?.dataset.live !== undefined) {
      follow(fresh);
    } else if (!fresh) {
      pause = Math.min(pause * 2, SLOWEST_SECONDS);
      next();
    }
  }
  next();
}

export function startLiveSections(): void {
  for (const section of document.querySelectorAll<HTMLElement>("[data-live]")) follow(section);
}
