"""The chain of a project's log: each line carries the hash of the one before.

Whoever changes a line, or takes one out, can be told from the next one on; that the newest ones are
whole can be told by whoever noted the hash of one. Lines are chained right after their act is
committed, in a transaction of their own: two acts never wait for each other's end.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import logging
from collections.abc import Iterator

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from curation.projects.models import ActionLog

NO_HASH = "0" * 64
"""What the first line carries."""
_AT_ONCE = 500
_TRIES = 5

logger = logging.getLogger(__name__)


def hash_of(line: ActionLog) -> str:
    """SHA-256, in hexadecimal, of all that the line says, its place and what it carries."""
    said = [
        line.project_id,
        line.place,
        line.hash_before,
        line.at.astimezone(dt.UTC).isoformat(timespec="microseconds"),
        line.actor_id,
        line.action,
        line.target,
        line.details,
    ]
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def chain_waiting(project_id: int | None) -> None:
    """Give the project's lines that have no place theirs, the oldest first.

    What several processes chain at once, the database lets only one of them; the others try again.
    """
    for _ in range(_TRIES):
        try:
            while _chain_some(project_id):
                pass
        except IntegrityError:
            continue
        return
    logger.warning("Lines of the log of project %s wait for the next act to be chained", project_id)


@transaction.atomic
def _chain_some(project_id: int | None) -> int:
    lines = ActionLog.objects.filter(project=project_id)
    locked = lines.select_for_update(no_key=True).filter(place=None).order_by("id")
    waiting = list(locked[:_AT_ONCE])
    last = lines.exclude(place=None).order_by("-place").first() if waiting else None
    for line in waiting:
        line.place = 1 if last is None else (last.place or 0) + 1
        line.hash_before = NO_HASH if last is None else hash_of(last)
        last = line
    ActionLog.objects.bulk_update(waiting, ["place", "hash_before"])
    return len(waiting)


def chained_lines(project_id: int | None) -> QuerySet[ActionLog]:
    """The project's lines that have a place, in its order."""
    return ActionLog.objects.filter(project=project_id).exclude(place=None).order_by("place")


class Chain:
    """A project's chain as it is found; `fault` and `last` are known when all of it was read."""

    def __init__(self, project_id: int | None) -> None:
        self.project_id = project_id
        self.num_lines = 0
        self.fault: int | None = None
        """The place of the first line that was changed or taken out; None where all is whole."""
        self.last = NO_HASH
        """The hash of the last line."""

    def read(self) -> Iterator[str]:
        """The hash of each line. Reads from the database as it goes; ends at the first fault."""
        for line in chained_lines(self.project_id).iterator():
            self.num_lines += 1
            if line.place != self.num_lines:
                self.fault = self.num_lines
                return
            if line.hash_before != self.last:
                self.fault = self._changed_at(line)
                return
            self.last = hash_of(line)
            yield self.last

    def _changed_at(self, line: ActionLog) -> int:
        """Of a line and the one before it, which do not fit, the place of the changed one.

        The line itself if the one after it does not fit either.
        """
        place = self.num_lines
        after = chained_lines(self.project_id).filter(place=place + 1).first()
        is_changed = after is not None and after.hash_before != hash_of(line)
        return place if is_changed or place == 1 else place - 1
