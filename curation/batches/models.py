"""Numbered pictures handed to volunteers, and until when."""

from __future__ import annotations

import datetime as dt

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


class BatchItem(models.Model):
    """An image's place in a batch."""

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
    """The end as the organiser set it."""
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    returned_at = models.DateTimeField(null=True, blank=True)
    """When the volunteer gave it back, or the organiser took it back."""

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint("batch", "volunteer", name="one_lease_per_volunteer_and_batch"),
        )

    def state(self, now: dt.datetime) -> LeaseState:
        """Whether the lease still holds at `now`."""
        if self.returned_at is not None:
            return LeaseState.RETURNED
        return LeaseState.LIVE if now < self.leased_until else LeaseState.EXPIRED
