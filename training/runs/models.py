"""Trainings of a model on two releases."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from curation.projects.models import Project
from curation.releases.models import Release


class RunState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    """Wants to run; the supervisor starts it when it can."""
    RUNNING = "running", _("running")
    STOPPING = "stopping", _("stopping")
    """Asked to stop; saves a checkpoint first."""
    STOPPED = "stopped", _("stopped")
    FINISHED = "finished", _("finished")
    FAILED = "failed", _("failed")


class Run(models.Model):
    """One training of a model on the faces of two releases, A and B."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="runs")
    number = models.PositiveIntegerField()
    release_a = models.ForeignKey(Release, models.PROTECT, related_name="+")
    release_b = models.ForeignKey(Release, models.PROTECT, related_name="+")
    manifest_a_sha256 = models.CharField(max_length=64)
    """What it was trained on, kept even if the release's row should ever be questioned."""
    manifest_b_sha256 = models.CharField(max_length=64)
    model = models.CharField(max_length=20)
    steps = models.PositiveIntegerField()
    batch_size = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=RunState, default=RunState.WAITING)
    problem = models.TextField(blank=True)
    """Why it failed or was stopped by the gate, in words."""
    attempt = models.PositiveSmallIntegerField(default=0)
    """Starts since the last time it made progress; too many and it is failed."""
    supervisor = models.CharField(max_length=64, blank=True)
    """Which supervisor looks after it, until `leased_until`."""
    leased_until = models.DateTimeField(null=True, blank=True)
    handle = models.JSONField(default=dict, blank=True)
    """What its launcher needs to find the process again."""
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("project", "-number")
        constraints = (
            models.UniqueConstraint("project", "number", name="a_run_number_is_given_once"),
            models.CheckConstraint(
                condition=~Q(release_a=F("release_b")), name="a_run_needs_two_releases"
            ),
        )

    def __str__(self) -> str:
        return f"{self.project} / run {self.number}"


class RunEvent(models.Model):
    """A change in a run's life: who or what caused it, and when."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="events")
    at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(max_length=8, choices=RunState)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    note = models.TextField(blank=True)

    class Meta:
        ordering = ("id",)
