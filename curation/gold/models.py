"""Gold: pictures whose answer is known, for volunteers to practise on and to measure them by."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from curation.batches.models import Assignment, new_item_id
from curation.images.models import Image
from curation.manual.reasons import Reason, split_reasons
from curation.manual.verdicts import (
    REASONS_EXACTLY_WHEN_REJECTING,
    SURE_AND_REASONS_EXACTLY_WHEN_REJECTING,
    SURE_VERDICTS,
    Verdict,
)

NOTE_LENGTH = 300


class Gold(models.Model):
    """The known answer to one image. Every earlier one is in the action log.

    It is nobody's vote and no ruling: no decision follows from it. Whoever is yet to judge the
    image learns neither the answer nor that there is one. The row of a purged image stays, as the
    image's own does, and is read by nobody.
    """

    image = models.OneToOneField(Image, models.PROTECT, primary_key=True, related_name="gold")
    verdict = models.CharField(max_length=6, choices=SURE_VERDICTS)
    reason_codes = models.CharField(max_length=100, blank=True)
    """Codes of the manual in its order, joined by commas; each of them is right."""
    note = models.TextField(blank=True)
    """Why, in the words of whoever marked it."""
    marked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    """None when the command line did."""
    marked_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "gold"
        constraints = (
            models.CheckConstraint(
                condition=SURE_AND_REASONS_EXACTLY_WHEN_REJECTING,
                name="gold_has_reasons_exactly_when_rejecting",
            ),
        )

    @property
    def reasons(self) -> list[Reason]:
        return split_reasons(self.reason_codes)


class Kind(models.TextChoices):
    """What a gold picture is given for."""

    PRACTICE = "practice", _("practice")
    """It is known to be gold, and answered at once."""
    HIDDEN = "hidden", _("hidden")
    """It lies among the pictures of a batch, and nothing tells that it is gold."""


class GoldPlan(models.Model):
    """That it was laid down which gold is hidden under a lease, be it none."""

    lease = models.OneToOneField(
        Assignment, models.CASCADE, primary_key=True, related_name="gold_plan"
    )
    planned_at = models.DateTimeField()


class GoldItem(models.Model):
    """A gold picture's place among those that one person judges under a lease.

    One that is gold no more, or was purged, is not there: see `selectors.gold_items`.
    """

    id = models.BigAutoField(primary_key=True, default=new_item_id)
    """Out of the numbers of batch items, so that it does not tell one from the other."""
    lease = models.ForeignKey(Assignment, models.CASCADE, related_name="gold_items", db_index=False)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False
    )
    """The lease's."""
    image = models.ForeignKey(Image, models.PROTECT, related_name="gold_items")
    kind = models.CharField(max_length=8, choices=Kind)
    place = models.PositiveIntegerField()
    """Hidden: among all that the desk shows. For practice: among its own."""

    class Meta:
        ordering = ("lease", "kind", "place")
        constraints = (
            models.UniqueConstraint("person", "image", name="gold_is_given_to_a_person_once"),
            models.UniqueConstraint("lease", "kind", "place", name="one_gold_item_per_place"),
            models.CheckConstraint(condition=Q(place__gte=1), name="gold_places_count_from_one"),
        )


class GoldAnswer(models.Model):
    """What one person says of one gold picture now. Its history is in GoldAnswerEvent.

    It is no vote and never becomes one: nothing is decided by it.
    """

    image = models.ForeignKey(Image, models.PROTECT, related_name="gold_answers")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="gold_answers", db_index=False
    )
    kind = models.CharField(max_length=8, choices=Kind)
    verdict = models.CharField(max_length=6, choices=Verdict)
    reason_codes = models.CharField(max_length=100, blank=True)
    manual_version = models.PositiveSmallIntegerField()
    cast_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint("person", "image", name="one_answer_per_person_and_gold"),
            models.CheckConstraint(
                condition=REASONS_EXACTLY_WHEN_REJECTING,
                name="gold_answer_has_reasons_exactly_when_rejecting",
            ),
        )

    @property
    def reasons(self) -> list[Reason]:
        return split_reasons(self.reason_codes)


class GoldAnswerEvent(models.Model):
    """One step in an answer's history, never changed; `verdict` is blank when it was taken back.

    People are measured by the first step alone: whatever came after may have been learned.
    """

    image = models.ForeignKey(Image, models.PROTECT, related_name="+", db_index=False)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False
    )
    kind = models.CharField(max_length=8, choices=Kind)
    verdict = models.CharField(max_length=6, choices=Verdict, blank=True)
    reason_codes = models.CharField(max_length=100, blank=True)
    manual_version = models.PositiveSmallIntegerField()
    client_key = models.UUIDField()
    """Made by the browser: the same key means the same act, sent again."""
    at = models.DateTimeField()

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=("image", "person")),)
        constraints = (
            models.UniqueConstraint("person", "client_key", name="a_gold_act_is_recorded_once"),
            models.CheckConstraint(
                condition=REASONS_EXACTLY_WHEN_REJECTING | Q(verdict="", reason_codes=""),
                name="gold_event_has_reasons_exactly_when_rejecting",
            ),
        )

    @property
    def reasons(self) -> list[Reason]:
        return split_reasons(self.reason_codes)

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("The history of answers is append-only.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("The history of answers is append-only.")
