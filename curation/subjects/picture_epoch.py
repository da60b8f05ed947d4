"""Ending all addresses of a subject's pictures at once, and knowing without a query which hold.

An address of a picture names the epoch of its subject and of its person (`frontend/pictures`).
Every act that hides pictures raises the subject's, every act that takes a right from somebody
raises theirs, in its transaction. Each process remembers all epochs.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from django.db.models import CharField, F, QuerySet, Value

from curation.doorbell import last_ring, ring_after_commit
from curation.projects.models import User
from curation.subjects.models import Subject

REFRESH_SECONDS = 1.0
"""So long they are believed where the doorbell is not heard."""


def raise_epoch_of_subject(subject_id: int) -> None:
    """From the end of this transaction on, the subject's pictures are served after a full check.

    Call it behind the lock of the subject's row, in every act that hides a picture.
    """
    Subject.objects.filter(pk=subject_id).update(picture_epoch=F("picture_epoch") + 1)
    ring_after_commit()


@dataclass(frozen=True, slots=True)
class _Known:
    """All epochs that were ever raised, as they stood at a moment."""

    subjects: dict[int, int]
    people: dict[int, int]
    ring: int
    """The last ring of the doorbell before they were read."""
    read_at: float


class Epochs:
    """The epochs of all subjects and people, remembered by a process for its threads.

    They are read in one query: when the doorbell has rung, and otherwise when somebody asks
    and they are `REFRESH_SECONDS` old.
    """

    def __init__(self) -> None:
        self._known: _Known | None = None

    def of(self, subject_id: int, person_id: int) -> tuple[int, int]:
        """The subject's epoch and the person's."""
        known = self._known
        # The time is taken and the ring looked at before the rows are read: what is raised in
        # between is noticed the next time.
        now, ring = time.monotonic(), last_ring()
        if known is None or known.ring != ring or now - known.read_at >= REFRESH_SECONDS:
            known = self._known = _read(ring=ring, now=now)
        return known.subjects.get(subject_id, 0), known.people.get(person_id, 0)

    def forget(self) -> None:
        """Read them anew the next time."""
        self._known = None


EPOCHS = Epochs()
"""This process's."""


def _read(*, ring: int, now: float) -> _Known:
    found: dict[str, dict[int, int]] = {"subject": {}, "person": {}}
    rows = _raised(Subject.objects.all(), "subject").union(
        _raised(User.objects.all(), "person"), all=True
    )
    for of, pk, epoch in rows:
        found[of][pk] = epoch
    return _Known(found["subject"], found["person"], ring=ring, read_at=now)


def _raised(
    rows: QuerySet[Subject] | QuerySet[User], of: str
) -> QuerySet[Subject, tuple[str, int, int]]:
    raised = rows.filter(picture_epoch__gt=0).annotate(of=Value(of, output_field=CharField()))
    return raised.values_list("of", "pk", "picture_epoch")  # type: ignore[return-value]
