"""What the supervisor's second costs while nothing is to be done; told as JSON.

python -m tests.bench.idle_seconds NUMBER_OF_IMAGES
"""

from __future__ import annotations

import json
import statistics
import sys
import time

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from config.supervise import TendingJobs  # noqa: E402

ROUNDS, SECONDS = 60, 5
"""Each round has one second in which more is looked at than in the others."""


class Clock:
    """Moves on by a second each time that the supervisor has looked."""

    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def main() -> None:
    call_command("migrate", verbosity=0)
    call_command("make_scale_data", images=int(sys.argv[1]), stdout=sys.stderr)
    clock = Clock()
    tend = TendingJobs(clock)
    times = []
    with CaptureQueriesContext(connection) as captured:
        # The first finds that nothing is to be done, later ones are prepared.
        for _ in range(ROUNDS // 4):
            tend()
            clock.seconds += 1
    num_queries = len(captured)
    for _ in range(ROUNDS):
        start = time.perf_counter()
        for _second in range(SECONDS):
            tend()
            clock.seconds += 1
        times.append(1000 * (time.perf_counter() - start) / SECONDS)
    told = {"typical": statistics.median(times), "least": min(times)}
    print(json.dumps(told | {"queries": num_queries / (ROUNDS // 4)}))


if __name__ == "__main__":
    main()
