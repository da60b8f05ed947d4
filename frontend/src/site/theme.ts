type Theme = "light" | "dark";

const ONE_YEAR = 31_536_000;

function systemTheme(): Theme {
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

/**
 * The other theme than the one in view. Whoever ends up where their system is anyway goes back to
 * following it. The choice is a cookie so that the server can write it into `<html>`: the page is
 * never painted in the wrong theme first.
 */
function switchTheme(): void {
  const root = document.documentElement;
  const shown = (root.dataset.theme as Theme | undefined) ?? systemTheme();
  const wanted: Theme = shown === "dark" ? "light" : "dark";
  if (wanted === systemTheme()) {
    delete root.dataset.theme;
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not everywhere yet
    document.cookie = "theme=; path=/; max-age=0; samesite=lax";
  } else {
    root.dataset.theme = wanted;
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not everywhere yet
    document.cookie = `theme=${wanted}; path=/; max-age=${ONE_YEAR}; samesite=lax`;
  }
}

export function switchThemeOnClick(): void {
  document.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest("[data-theme-switch]")) {
      switchTheme();
    }
  });
}
