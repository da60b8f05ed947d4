"""Trainings of a model on two releases."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from curation.jobs import Leased
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


class Cause(models.TextChoices):
    """Why a run changed its state, or who wanted it."""

    CREATED = "created", _("created")
    RESUMED = "resumed", _("resumed")
    ASKED = "asked", _("asked to stop")
    STARTED = "started", _("the trainer started")
    FOUND_ALIVE = "found_alive", _("the trainer was found running")
    TRAINER_DIED = "trainer_died", _("the trainer ended unexpectedly")
    SUPERVISOR_ENDED = "supervisor_ended", _("the supervisor was shut down")
    UNATTENDED = "unattended", _("the supervisor fell silent for too long")
    STOPPED_OUTSIDE = "stopped_outside", _("the trainer was stopped from outside")
    CONSENT_MISSING = "consent_missing", _("consent to train is not in force")
    NOT_STARTED = "not_started", _("it could not be started")
    GAVE_UP = "gave_up", _("the trainer failed")
    STOPPED = "stopped", _("stopped with a checkpoint saved")
    DONE = "done", _("all steps are done")


class PlaceKind(models.TextChoices):
    """What starts trainers there."""

    LOCAL = "local"
    RAY = "ray"
    SLURM = "slurm"


class Place(models.Model):
    """Where trainers run, such as one machine; it has room for one run at a time."""

    kind = models.CharField(max_length=5, choices=PlaceKind)
    name = models.CharField(max_length=64)
    seen_at = models.DateTimeField()
    """When a supervisor of the place last said that it is at work."""

    class Meta:
        constraints = (models.UniqueConstraint("kind", "name", name="a_place_has_one_row"),)


class Run(Leased):
    """One training of a model on the faces of two releases, A and B; a supervisor holds it."""

    lease = timedelta(seconds=15)

    project = models.ForeignKey(Project, models.PROTECT, related_name="runs", db_index=False)
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
    queued_at = models.DateTimeField(default=timezone.now)
    """When it was last asked for; waiting runs start in this order."""
    problem_code = models.CharField(max_length=40, blank=True)
    """Why it failed or was stopped by the gate; blank while all is well."""
    problem = models.TextField(blank=True)
    """The same in the words of whoever met it."""
    attempt = models.PositiveSmallIntegerField(default=0)
    """Starts since the last time it made progress; too many and it is failed."""
    launch_step = models.PositiveIntegerField(default=0)
    """The checkpoint that the newest trainer went on from; a later one is progress."""
    events_offset = models.PositiveBigIntegerField(default=0)
    """Where in events.jsonl the newest trainer's events begin."""
    place = models.ForeignKey(Place, models.PROTECT, null=True, blank=True, related_name="runs")
    """Where its newest trainer was started, or is about to be. Only a supervisor of that place
    knows whether the trainer lives, as long as there is one."""
    handle = models.JSONField(default=dict, blank=True)
    """What its launcher needs to find the process again."""
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(Leased.Meta):
        ordering = ("project", "-number")
        constraints = (
            models.UniqueConstraint("project", "number", name="a_run_number_is_given_once"),
            models.CheckConstraint(
                condition=~Q(release_a=F("release_b")), name="a_run_needs_two_releases"
            ),
            *Leased.Meta.constraints,
        )
        indexes = (models.Index(fields=("state", "queued_at")),)

    def __str__(self) -> str:
        return f"{self.project} / run {self.number}"


class RunEvent(models.Model):
    """A change in a run's life: who or what caused it, and when."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="events")
    at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(max_length=8, choices=RunState)
    cause = models.CharField(max_length=16, choices=Cause)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    step = models.PositiveIntegerField(null=True, blank=True)
    """The checkpoint that a trainer went on from; none when it began anew."""
    note = models.TextField(blank=True)
    """Details in the words of whoever caused it, such as the trainer's last message."""

    class Meta:
        ordering = ("id",)
