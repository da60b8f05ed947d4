"""Frozen sets of kept images."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from curation.jobs import Job, JobState
from curation.subjects.models import Subject

UNFINISHED = (JobState.WAITING, JobState.RUNNING)


class Release(models.Model):
    """A numbered, hashed set of a subject's kept images. It never changes."""

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="releases", db_index=False)
    number = models.PositiveIntegerField()
    manifest_sha256 = models.CharField(max_length=64)
    """The canonical JSONL manifest in the object store."""
    num_images = models.PositiveIntegerField()
    """Lines of the manifest; frozen with it."""
    frozen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    frozen_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("subject", "-number")
        constraints = (
            models.UniqueConstraint("subject", "number", name="a_release_number_is_given_once"),
            models.UniqueConstraint(
                "subject", "manifest_sha256", name="the_same_set_is_released_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.subject} / release {self.number}"


class ReleaseFacts(models.Model):
    """What pages tell of a release, so that none of them reads its manifest: `facts.py`.

    It says nothing that the manifest does not say, and is made anew where it is missing.
    """

    release = models.OneToOneField(
        Release, models.CASCADE, primary_key=True, related_name="kept_facts"
    )
    content = models.JSONField()
    """`Facts`, as JSON."""

    def __str__(self) -> str:
        return f"facts of {self.release}"


class FreezingProblem(models.TextChoices):
    """Why nothing was frozen. The label is the sentence that people read."""

    NOTHING_TO_RELEASE = (
        "nothing_to_release",
        _(
            "No image was kept any more, or none fitted the settings, when it was to be frozen. "
            "Have some judged first, or ask for less."
        ),
    )
    CONSENT_MISSING = (
        "consent_missing",
        _("No consent in force covered curating any more. Nothing was frozen."),
    )
    NOT_ALLOWED = (
        "not_allowed",
        _("Whoever asked no longer organises this project. Nothing was frozen."),
    )
    BYTES_GONE = (
        "bytes_gone",
        _("The bytes of a kept image are missing. Restore them from a backup, or import it again."),
    )
    BYTES_DAMAGED = (
        "bytes_damaged",
        _("The bytes of a kept image are damaged. Restore them from a backup, or import it again."),
    )
    BROKE = "broke", _("Something went wrong on the server; its log has the details.")


class Freezing(Job):
    """The background job that freezes a release for whoever asked."""

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="freezings")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    asked_at = models.DateTimeField(auto_now_add=True)
    selection = models.JSONField(default=dict, blank=True)
    """`Selection`, as JSON; empty where all are to be in."""
    finished_at = models.DateTimeField(null=True, blank=True)
    release = models.ForeignKey(Release, models.PROTECT, null=True, related_name="freezings")
    """What came of it: a new release, or the one that held exactly this already."""

    class Meta(Job.Meta):
        ordering = ("-id",)
        constraints = (
            *Job.Meta.constraints,
            models.UniqueConstraint(
                fields=("subject",),
                condition=Q(state__in=UNFINISHED),
                name="one_freezing_of_a_subject_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state=JobState.DONE, release__isnull=False)
                | (~Q(state=JobState.DONE) & Q(release=None)),
                name="a_freezing_that_is_done_has_its_release",
            ),
        )

    def give_up(self) -> bool:
        """As of every job; and says when."""
        return self.finish(JobState.FAILED, FreezingProblem.BROKE, finished_at=timezone.now())

    @property
    def is_under_way(self) -> bool:
        return self.state in UNFINISHED

    @property
    def sentence(self) -> str:
        """Why nothing was frozen, in the reader's language; blank when nothing is wrong."""
        is_known = self.problem in FreezingProblem.values
        return str(FreezingProblem(self.problem).label) if is_known else self.problem
