"""Ending the addresses of pictures that a person's pages hold, see `frontend/pictures`."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.db.models import F

from curation.doorbell import ring_after_commit
from curation.projects.models import User


@transaction.atomic
def raise_epoch_of_people(person_ids: Collection[int]) -> None:
    """From the end of this transaction on, their pictures are served only after a full check.

    Call it in every act that takes a right away from them. It locks their rows, which whoever
    locks projects or subjects too does last, and in one order.
    """
    people = User.objects.filter(pk__in=person_ids)
    held = list(people.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))
    User.objects.filter(pk__in=held).update(picture_epoch=F("picture_epoch") + 1)
    ring_after_commit()
