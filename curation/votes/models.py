"""What volunteers say of images: now, and every change on the way."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from curation.batches.models import Batch
from curation.images.models import Image
from curation.manual.reasons import Reason, split_reasons
from curation.manual.verdicts import REASONS_EXACTLY_WHEN_REJECTING, Verdict
from curation.subjects.models import Subject


class Vote(models.Model):
    """What one volunteer says of one image now. Its history is in VoteEvent."""

    image = models.ForeignKey(Image, models.PROTECT, related_name="votes", db_index=False)
    volunteer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="votes")
    verdict = models.CharField(max_length=6, choices=Verdict)
    reason_codes = models.CharField(max_length=100, blank=True)
    """Codes of the manual in its order, joined by commas."""
    manual_version = models.PositiveSmallIntegerField()
    cast_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint("image", "volunteer", name="one_vote_per_volunteer_and_image"),
            models.CheckConstraint(
                condition=REASONS_EXACTLY_WHEN_REJECTING,
                name="vote_has_reasons_exactly_when_rejecting",
            ),
        )

    @property
    def reasons(self) -> list[Reason]:
        return split_reasons(self.reason_codes)


class ImageTally(models.Model):
    """How many votes of each kind an image has, for whoever asks of very many images at once.

    Always what counting the votes gives: whoever changes votes counts anew under the lock that
    they hold (`curation.votes.tallies.recount`). An image nobody ever voted on may have no row.
    """

    image = models.OneToOneField(Image, models.CASCADE, primary_key=True, related_name="tally")
    subject = models.ForeignKey(Subject, models.CASCADE, related_name="+", db_index=False)
    """The image's, which never changes: so that one index answers for a whole subject."""
    packed = models.PositiveIntegerField()
    """See `curation.votes.tallies.packed`."""

    class Meta:
        indexes = (
            models.Index(fields=("subject", "packed", "image"), name="tallies_of_a_subject"),
        )


class VoteEvent(models.Model):
    """One step in a vote's history, never changed; `verdict` is blank when it was taken back."""

    image = models.ForeignKey(Image, models.PROTECT, related_name="vote_events")
    volunteer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False
    )
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=6, choices=Verdict, blank=True)
    reason_codes = models.CharField(max_length=100, blank=True)
    manual_version = models.PositiveSmallIntegerField()
    client_key = models.UUIDField()
    """Made by the browser: the same key means the same act, sent again."""
    at = models.DateTimeField()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint("volunteer", "client_key", name="an_act_is_recorded_once"),
            models.CheckConstraint(
                condition=REASONS_EXACTLY_WHEN_REJECTING | Q(verdict="", reason_codes=""),
                name="vote_event_has_reasons_exactly_when_rejecting",
            ),
        )

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("The history of votes is append-only.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("The history of votes is append-only.")
