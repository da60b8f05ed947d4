"""A phone, and the fingers on its glass."""

from __future__ import annotations

from collections.abc import Iterable

from playwright.sync_api import CDPSession, Page

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
Point = tuple[float, float]


class Fingers:
    """In pixels of the page."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._session: CDPSession = page.context.new_cdp_session(page)
        box = page.locator(".stage__picture").bounding_box()
        assert box is not None
        self.middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    def _send(self, kind: str, *points: Point) -> None:
        touches = [{"x": x, "y": y, "id": finger} for finger, (x, y) in enumerate(points)]
        self._session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})

    def slide(self, *steps: Iterable[Point]) -> None:
        """All fingers from step to step; they go up at the end."""
        first, *others = [tuple(step) for step in steps]
        self._send("touchStart", *first)
        for step in others:
            self._send("touchMove", *step)
        self._send("touchEnd")

    def swipe(self, dx: float) -> None:
        """One way across the picture, in as few events as it takes.

        The finger rests before it goes up: lifted on the way it flings, and Chromium may then make
        no click of the tap that follows.
        """
        x, y = self.middle
        self._send("touchStart", (x - dx / 2, y))
        self._send("touchMove", (x + dx / 2, y))
        self._page.wait_for_timeout(60)
        self._send("touchEnd")

    def pinch_open(self, start: float, end: float) -> None:
        x, y = self.middle
        wide = [start + (end - start) * n / 8 for n in range(9)]
        self.slide(*[((x - each, y), (x + each, y)) for each in wide])

    def drag(self, dx: float, dy: float) -> None:
        x, y = self.middle
        self.slide(*[((x + dx * n / 8, y + dy * n / 8),) for n in range(9)])

    def tap_twice(self) -> None:
        for _ in range(2):
            self.slide((self.middle,))
            self._page.wait_for_timeout(60)
