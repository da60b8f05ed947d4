"""What a person has chosen in the grid: single pictures, or all that are listed but some."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from curation.errors import Conflict, InvalidInput
from curation.grid.listing import Listing, numbered
from curation.images.models import Image

MOST = 50_000
"""One act takes its pictures in one transaction, which others wait for."""


class SelectionChanged(Conflict):
    """Other pictures fit now than when the person said how many it should be."""

    code = "selection_changed"


@dataclass(frozen=True, kw_only=True)
class Selection:
    """`numbers` alone; of `is_all`, every image of the listing but these."""

    listing: Listing
    is_all: bool
    numbers: Collection[int]
    num_seen: int
    """How many the person was told it was when they agreed."""

    def images(self) -> QuerySet[Image]:
        """Those images as they are now; call it in the transaction that acts on them.

        Raises SelectionChanged when it is not as many as the person agreed to, and InvalidInput
        for none or too many.
        """
        subject = self.listing.subject
        named = set(numbered(subject, self.numbers).values_list("pk", flat=True))
        # Read once: what the act takes is what was counted, whoever votes meanwhile.
        ids = set(self.listing.ids()) - named if self.is_all else named
        if not 1 <= len(ids) <= MOST:
            raise InvalidInput(
                _("Choose between 1 and %(most)s pictures.") % {"most": f"{MOST:,}"}, most=MOST
            )
        if len(ids) != self.num_seen:
            raise SelectionChanged(
                _(
                    "It would now be %(now)s pictures, not %(seen)s. Nothing was changed; "
                    "look again and repeat it."
                )
                % {"now": len(ids), "seen": self.num_seen},
                now=len(ids),
            )
        return Image.objects.filter(pk__in=ids)
