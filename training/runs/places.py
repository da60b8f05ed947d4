"""Which places are there to train at, and which one is here."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from curation.files import kept_private
from training.runs.models import Place

SILENCE = timedelta(seconds=15)
"""A place whose supervisor has said nothing for longer does not count as being at work."""


def is_any_place_at_work() -> bool:
    """Whether somebody would start a waiting run when its turn comes."""
    return Place.objects.filter(seen_at__gt=timezone.now() - SILENCE).exists()


FORSAKEN = timedelta(minutes=2)
"""A place whose supervisor has said nothing for longer has no trainer left: each ends 15 seconds
after its permission was last renewed, however it was cut off."""


def this_machine() -> str:
    """The name of this machine's place: a setting, else made once and kept in DATA_DIR.

    Not the host's name: a container gets a new one each time, and a backup is restored elsewhere,
    but the runs that were at work are still those of whoever has their folders.
    """
    if settings.MACHINE_NAME:
        return str(settings.MACHINE_NAME)
    return kept_private(Path(settings.DATA_DIR) / "machine", lambda: uuid4().hex).strip()


def forsaken() -> Q:
    """Runs that lie at a place which is gone, and that nobody holds: anybody may take them over."""
    silent = timezone.now() - FORSAKEN
    # Read first: within the update that takes a run, PostgreSQL would not look at them again.
    gone = list(Place.objects.filter(seen_at__lt=silent).values_list("pk", flat=True))
    return Q(place__in=gone) & (Q(leased_until=None) | Q(leased_until__lt=silent))
