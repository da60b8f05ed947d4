// @vitest-environment happy-dom
import { afterEach, expect, test, vi } from "vitest";
import { find, page } from "./page.fixture";
import { switchThemeOnClick } from "./theme";

switchThemeOnClick();

afterEach(() => {
  vi.unstubAllGlobals();
});

test("the theme switches to the other one and back to the system's", () => {
  page("<button data-theme-switch>Theme</button>");
  vi.stubGlobal("matchMedia", () => ({ matches: false }));
  find("button").click();
  expect(document.documentElement.dataset.theme).toBe("dark");
  expect(document.cookie).toContain("theme=dark");
  find("button").click();
  expect(document.documentElement.dataset.theme).toBeUndefined();
  expect(document.cookie).not.toContain("theme=dark");
});
