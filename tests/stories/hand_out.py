"""A subject whose work hands itself out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from curation.batches.selectors import hand_out_of
from curation.batches.set_hand_out import set_hand_out, settings_of
from curation.projects.models import User
from curation.subjects.models import Subject


def open_to_all(subject: Subject, *, by: User, **changed: Any) -> Subject:
    """Every member may take work on it; `changed` are settings that are not as always."""
    settings = replace(settings_of(hand_out_of(subject)), **changed)
    set_hand_out(subject=subject, settings=settings, is_open=True, actor=by)
    return subject


def no_longer_open(subject: Subject, *, by: User) -> None:
    set_hand_out(subject=subject, is_open=False, actor=by)
