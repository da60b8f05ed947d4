"""Numbered pictures handed to volunteers, and until when."""

from __future__ import annotations

import datetime as dt
import secrets

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from curation.images.models import Image
from curation.subjects.models import Subject


class Batch(models.Model):
    """A numbered pack of a subject's images."""

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="batches", db_index=False)
    number = models.PositiveIntegerField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    """None when the command line cut it."""
    created_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    """Closed by the organiser: nobody votes in it any more."""

    class Meta:
        ordering = ("subject", "number")
        verbose_name_plural = "batches"
        constraints = (
            models.UniqueConstraint("subject", "number", name="a_batch_number_is_given_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="batches_count_from_one"),
        )

    def __str__(self) -> str:
        return f"{self.subject} / batch {self.number}"


class Order(models.TextChoices):
    """In which order pictures are cut into batches. None of these tells what the machine thinks:
    an order by a hint would be a hint."""

    NUMBER = "number", _("by number")
    TIME = "time", _("source by source, films by their time")
    MIXED = "mixed", _("mixed: of each source its share")


class HandOut(models.Model):
    """How a subject's work hands itself out. Where there is no row, nobody takes any."""

    subject = models.OneToOneField(
        Subject, models.CASCADE, primary_key=True, related_name="hand_out"
    )
    opened_at = models.DateTimeField(null=True, blank=True)
    """Since when people take work on it, unasked; None while it is stopped."""
    for_everybody = models.BooleanField(default=True)
    """Whether every member of the project may take it, beside those who are named."""
    people = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+", blank=True)
    """They may take it, and before work on other subjects."""
    size = models.PositiveSmallIntegerField(default=50)
    """Pictures in a batch that is cut for whoever asks."""
    days = models.PositiveSmallIntegerField(default=3)
    """So long whoever asked has it; judging moves the end on, see `extend_lease`."""
    overlap = models.PositiveSmallIntegerField(default=2)
    """At most so many people are at a batch at once, whatever number of votes is wanted."""
    most_each = models.PositiveIntegerField(null=True, blank=True)
    """Who has judged so many of the subject's pictures takes no more of them; None: no limit."""
    order = models.CharField(max_length=6, choices=Order, default=Order.NUMBER)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(size__gte=1, days__gte=1, overlap__gte=1),
                name="what_is_handed_out_has_a_size_an_end_and_somebody_at_it",
            ),
        )

    def __str__(self) -> str:
        return f"{self.subject} / hand-out"


ITEM_ID_BITS = 52
"""As large as JavaScript counts exactly."""


def new_item_id() -> int:
    """An id that tells nothing of what it is an id of: items of gold are given theirs alike."""
    return 1 + secrets.randbelow(2**ITEM_ID_BITS)


class BatchItem(models.Model):
    """An image's place in a batch."""

    id = models.BigAutoField(primary_key=True, default=new_item_id)
    batch = models.ForeignKey(Batch, models.CASCADE, related_name="items", db_index=False)
    image = models.OneToOneField(Image, models.PROTECT, related_name="batch_item")
    """An image is in one batch at most, so that its votes are wanted in one place."""
    position = models.PositiveIntegerField()

    class Meta:
        ordering = ("batch", "position")
        constraints = (
            models.UniqueConstraint("batch", "position", name="one_item_per_position"),
            models.CheckConstraint(condition=Q(position__gte=1), name="positions_count_from_one"),
        )


class LeaseState(models.TextChoices):
    LIVE = "live", _("held")
    EXPIRED = "expired", _("time is up")
    RETURNED = "returned", _("returned")


class Assignment(models.Model):
    """A volunteer's lease on a batch: they may vote in it until it runs out or is returned."""

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="assignments", db_index=False)
    volunteer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="assignments"
    )
    leased_until = models.DateTimeField()
    """Voting moves it on, see `extend_lease`."""
    granted_until = models.DateTimeField()
    """The end as it was set when the batch was handed out or taken."""
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    handed_at = models.DateTimeField(null=True, blank=True)
    """When an organiser last handed out what the volunteer did not hold; None if never."""
    returned_at = models.DateTimeField(null=True, blank=True)
    """When the volunteer gave it back, or the organiser took it back."""
    is_taken_back = models.BooleanField(default=False)
    """It was the organiser: then its volunteer does not get the batch again by asking for work."""

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint("batch", "volunteer", name="one_lease_per_volunteer_and_batch"),
            models.CheckConstraint(
                condition=Q(is_taken_back=False) | Q(returned_at__isnull=False),
                name="only_what_was_returned_was_taken_back",
            ),
        )

    def state(self, now: dt.datetime) -> LeaseState:
        """Whether the lease still holds at `now`."""
        if self.returned_at is not None:
            return LeaseState.RETURNED
        return LeaseState.LIVE if now < self.leased_until else LeaseState.EXPIRED
