"""Permission to train, which a site's supervisor renews each second while consent is in force.

A trainer of a site goes on only while it sees the file's time change, by its own clock: clocks of
two machines, or one that is set, make no difference. So a supervisor that hangs cannot keep a
trainer learning from pictures whose consent was withdrawn meanwhile. Runs that somebody makes in a
shell need none: the field `supervised` of config.json says whose a run is.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

FILE = "permission"
LIFE = 15.0
"""Seconds that a permission holds after it was last seen renewed: long enough for a supervisor to
be killed and started again."""

LOST = (
    f"Nobody has let this run be trained for {LIFE:g} seconds, or it was forbidden. Its site's "
    "supervisor lets it while consent is in force: start the supervisor, and the run on its page."
)


def renew(run_dir: Path) -> None:
    """Let the trainer of `run_dir` go on; asked of the gate just before. Raises OSError."""
    # The time alone changes: that works on a full disk too.
    (run_dir / FILE).touch()


def withdraw(run_dir: Path) -> None:
    """Let the trainer of `run_dir` do no further step."""
    (run_dir / FILE).unlink(missing_ok=True)


class Permission:
    """A trainer's view of its permission."""

    def __init__(self, run_dir: Path, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._path = run_dir / FILE
        self._clock = clock
        self._opened_at = clock()
        self._seen = self._changed_at()
        self._renewed_at: float | None = None

    def is_given(self) -> bool:
        """Whether it was renewed in the last LIFE seconds.

        What lay there when we came does not count: nobody knows how old it is.
        """
        seen = self._changed_at()
        if seen is not None and seen != self._seen:
            self._seen, self._renewed_at = seen, self._clock()
        if seen is None or self._renewed_at is None:
            return False
        return self._clock() - self._renewed_at < LIFE

    def may_still_come(self) -> bool:
        """Whether a trainer that has just started should wait for it."""
        return self._renewed_at is None and self._clock() - self._opened_at < LIFE

    def _changed_at(self) -> int | None:
        """The file's time; None when it was taken away."""
        try:
            return self._path.stat().st_mtime_ns
        except FileNotFoundError:
            return None
        except OSError:  # such as a network disk that is away for a moment
            return self._seen
