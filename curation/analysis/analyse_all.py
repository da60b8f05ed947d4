"""Look at all pictures that nobody has looked at, without waiting for the queue."""

from __future__ import annotations

from collections.abc import Iterator

from curation.analysis.models import Analysis
from curation.analysis.spread import Keys, Spread
from curation.analysis.start_analysis import start_missing_analyses

PORTION = 8
"""Pictures that one process takes at a time."""
READ_AT_ONCE = 2000


def analyse_all(spread: Spread) -> Iterator[int]:
    """Have every image looked at that waits for it; gives the number of each portion as it is done.

    The queue is not asked and gets nothing, so workers may run beside it: each picture is looked
    at by whoever claims it first. Killed, it leaves what a killed worker leaves.
    """
    yield from spread(_portions())


def _portions() -> Iterator[Keys]:
    """The keys of all that waits, each once; more are begun when those are handed out."""
    handed_out: set[int] = set()
    last = 0
    while True:
        waiting = Analysis.objects.filter(Analysis.to_queue(), pk__gt=last).order_by("pk")
        read = list(waiting.values_list("pk", flat=True)[:READ_AT_ONCE])
        keys = [key for key in read if key not in handed_out]
        handed_out.update(keys)
        yield from (keys[at : at + PORTION] for at in range(0, len(keys), PORTION))
        if read:
            last = read[-1]
        elif start_missing_analyses(queue=False):
            last = 0  # what an older version looked at waits again under its old key
        else:
            return
