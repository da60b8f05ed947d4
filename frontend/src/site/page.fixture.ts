/** A page made of a few lines. */
export function page(html: string): void {
  document.documentElement.lang = "en";
  document.body.innerHTML = html;
}

export function find<Found extends HTMLElement>(selector: string): Found {
  const found = document.querySelector<Found>(selector);
  if (!found) throw new Error(`nothing here matches ${selector}`);
  return found;
}
