"""How a consent stands on a given day. Pure: no database, no clock."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from curation.subjects.models import Consent

SOON = dt.timedelta(days=30)
"""How long before its end a consent begins to warn."""


class ConsentStanding(StrEnum):
    NOT_YET = "not_yet"
    IN_FORCE = "in_force"
    EXPIRING = "expiring"
    """In force, with its end in sight."""
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class ConsentState:
    standing: ConsentStanding
    days_left: int | None = None
    """Days after today on which it still holds; only for EXPIRING."""

    @property
    def holds(self) -> bool:
        return self.standing in (ConsentStanding.IN_FORCE, ConsentStanding.EXPIRING)


def state_of(consent: Consent, today: dt.date) -> ConsentState:
    """How `consent` stands on `today`. A withdrawal outweighs every date."""
    if consent.withdrawn_at is not None:
        return ConsentState(ConsentStanding.WITHDRAWN)
    if today < consent.valid_from:
        return ConsentState(ConsentStanding.NOT_YET)
    if consent.valid_until is None:
        return ConsentState(ConsentStanding.IN_FORCE)
    if consent.valid_until < today:
        return ConsentState(ConsentStanding.EXPIRED)
    left = consent.valid_until - today
    if left <= SOON:
        return ConsentState(ConsentStanding.EXPIRING, left.days)
    return ConsentState(ConsentStanding.IN_FORCE)
