"""What stories about gold begin with: known answers, and what people say of such pictures."""

from __future__ import annotations

from uuid import uuid4

from django.utils import timezone

from curation.gold.models import Gold, GoldAnswerEvent, Kind
from curation.images.models import Image
from curation.manual.reasons import Reason, join_reasons
from curation.manual.verdicts import Verdict
from curation.projects.models import User


def gold(
    image: Image, verdict: Verdict, *reasons: Reason, note: str = "", by: User | None = None
) -> Gold:
    """Make the image gold, whoever says so."""
    return Gold.objects.create(
        image=image,
        verdict=verdict,
        reason_codes=join_reasons(list(reasons)),
        note=note,
        marked_by=by,
        marked_at=timezone.now(),
    )


def event(
    person: User, image: Image, verdict: Verdict | str, *reasons: Reason, kind: Kind = Kind.HIDDEN
) -> GoldAnswerEvent:
    """A step in what the person says of a gold picture."""
    return GoldAnswerEvent.objects.create(
        image=image,
        person=person,
        kind=kind,
        verdict=verdict,
        reason_codes=join_reasons(list(reasons)),
        manual_version=1,
        client_key=uuid4(),
        at=timezone.now(),
    )
