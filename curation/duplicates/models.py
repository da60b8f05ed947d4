"""Which of a subject's pictures are nearly the same: what was measured, what people said."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from curation.images.models import Image
from curation.jobs import Job
from curation.subjects.models import Subject


class DuplicateSearch(Job):
    """The background job that compares a subject's new images with each other and all others.

    One row a subject, done again whenever images were analysed that nobody has compared yet.
    """

    max_attempts = 20
    """More than usual: it goes on where it was killed, and may live through many restarts."""

    subject = models.OneToOneField(Subject, models.CASCADE, related_name="duplicate_search")

    class Meta(Job.Meta):
        verbose_name_plural = "duplicate searches"
        indexes = (models.Index(fields=("state", "leased_until")),)


class Pair(models.Model):
    """Two images of a subject, the one that was taken in first first."""

    subject = models.ForeignKey(Subject, models.CASCADE, related_name="+", db_index=False)
    """The images', which never changes: so that one index finds all of a subject's pairs."""
    first = models.ForeignKey(Image, models.CASCADE, related_name="+", db_index=False)
    second = models.ForeignKey(Image, models.CASCADE, related_name="+")

    class Meta:
        abstract = True
        indexes = (models.Index(fields=("subject",), name="%(class)ss_of_a_subject"),)
        constraints = (
            models.UniqueConstraint("first", "second", name="%(class)s_is_noted_once"),
            models.CheckConstraint(
                condition=Q(first__lt=F("second")), name="%(class)s_begins_with_the_earlier"
            ),
        )


class NearPair(Pair):
    """Two images that the machine found nearly the same, and what it measured."""

    hash_bits = models.PositiveSmallIntegerField()
    """Bits in which the hashes of the whole pictures differ, of 64."""
    face_bits = models.PositiveSmallIntegerField(null=True)
    """The same of their largest faces; None where one has no face."""
    descriptor = models.FloatField(null=True)
    """Distance between the faces' descriptors."""
    likeness = models.FloatField()
    """Correlation of the pictures, one laid on the other, up to 1."""
    is_one_shot = models.BooleanField(default=False)
    """Whether both are frames of one shot of a film, a moment apart."""
    version = models.PositiveSmallIntegerField()
    """Which `DUPLICATES_VERSION` found it."""


class DistinctPair(Pair):
    """Two images that an organiser said are not the same, whatever the machine thinks."""

    marked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    """None when the command line did."""
    marked_at = models.DateTimeField(auto_now_add=True)


class SaidDistinct(models.Model):
    """Two images of a batch that a volunteer said are not the same: their word, and no other's.

    It spares them the pair. For everybody else an organiser says so, by a `DistinctPair`.
    """

    first = models.ForeignKey(Image, models.CASCADE, related_name="+", db_index=False)
    second = models.ForeignKey(Image, models.CASCADE, related_name="+")
    volunteer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    said_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "said distinct"
        constraints = (
            models.UniqueConstraint(
                "first", "second", "volunteer", name="a_volunteer_says_once_what_is_distinct"
            ),
            models.CheckConstraint(
                condition=Q(first__lt=F("second")), name="said_distinct_begins_with_the_earlier"
            ),
        )
