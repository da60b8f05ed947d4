"""Ending every session of a person."""

from __future__ import annotations

import secrets

from curation.projects.models import User
from curation.projects.picture_epoch import raise_epoch_of_people


def end_sessions(person: User) -> None:
    """Change what their sessions are checked against; the caller saves `session_salt`.

    It holds with the next request, in every browser and process, also after a reactivation.
    """
    person.session_salt = secrets.token_hex(16)
    raise_epoch_of_people([person.pk])
