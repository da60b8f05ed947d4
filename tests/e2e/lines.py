"""Ways to the site that are slower than this machine's own."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Page


@dataclass(frozen=True)
class Line:
    """A way to the site, as Chromium can pretend one."""

    name: str
    latency_ms: int
    megabits: float
    goal_ms: int

    def slow_down(self, page: Page) -> None:
        """This line, and a phone a quarter as quick as this machine."""
        devtools = page.context.new_cdp_session(page)
        bytes_a_second = self.megabits * 1_000_000 / 8
        devtools.send("Network.enable")
        devtools.send(
            "Network.emulateNetworkConditions",
            {
                "offline": False,
                "latency": self.latency_ms,
                "downloadThroughput": bytes_a_second,
                "uploadThroughput": bytes_a_second,
            },
        )
        devtools.send("Emulation.setCPUThrottlingRate", {"rate": 4})


LINES = [Line("4G", 150, 1.6, 1500), Line("3G", 300, 0.75, 3500)]
