"""axe-core looks at a page as somebody does who hears it, or sees little of it."""

from __future__ import annotations

from functools import cache

from playwright.sync_api import Page

from tests.e2e.conftest import ROOT

AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
BESIDES = {"label-content-name-mismatch": {"enabled": True}}
"""Rules that axe leaves off unless asked."""
RUN = """async (rules) => (await axe.run(document, {rules, resultTypes: ["violations"]})).violations
  .map(({id, help, nodes}) => `${id}: ${help}\\n` + nodes.map((node) =>
    `    ${node.html.slice(0, 160)}\\n    ${(node.failureSummary ?? "").split("\\n").at(-1).trim()}`
  ).join("\\n"))"""


@cache
def _source() -> str:
    return AXE.read_text(encoding="utf-8")


def violations(page: Page) -> list[str]:
    """What axe finds wrong, each with the elements it concerns."""
    page.evaluate(_source())  # not as a script of the page, which its own policy forbids
    found: list[str] = page.evaluate(RUN, BESIDES)
    return found
