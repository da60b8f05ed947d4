"""A subject whose work hands itself out."""

from __future__ import annotations

from curation.batches.open_subject import open_subject
from curation.projects.models import User
from curation.subjects.models import Subject


def open_to_all(subject: Subject, *, by: User) -> Subject:
    """Every member may take work on it."""
    return open_subject(subject=subject, actor=by)
