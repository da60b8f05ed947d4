"""The people whose pictures are collected, how to know them, and what they agreed to."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from curation.projects.models import Project


class Subject(models.Model):
    """One person whose pictures are collected."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="subjects", db_index=False)
    slug = models.SlugField(max_length=50)
    name = models.CharField(max_length=100)
    note = models.TextField(blank=True)
    """What helps to recognise them."""
    last_number = models.PositiveIntegerField(default=0)
    """The last image number given: a sequence that only grows, so no number is given twice."""
    picture_epoch = models.PositiveIntegerField(default=0)
    """Raised when pictures are hidden: it ends the addresses of all that were given out."""
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (models.UniqueConstraint("project", "slug", name="one_subject_per_slug"),)

    def __str__(self) -> str:
        return self.name


class Portrait(models.Model):
    """A clear picture that shows volunteers what the subject looks like."""

    subject = models.ForeignKey(Subject, models.CASCADE, related_name="portraits", db_index=False)
    sha256 = models.CharField(max_length=64)
    """The served copy in the object store: WebP without metadata."""
    caption = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint("subject", "sha256", name="one_portrait_per_picture"),
        )


class LookAlike(models.Model):
    """Somebody who is easily taken for the subject, and how to tell them apart."""

    subject = models.ForeignKey(Subject, models.CASCADE, related_name="look_alikes")
    name = models.CharField(max_length=100)
    how_to_tell = models.TextField()
    sha256 = models.CharField(max_length=64, blank=True)
    """A picture of them (served copy), when there is one."""

    class Meta:
        ordering = ("id",)


class Basis(models.TextChoices):
    """Why we may work with this person's pictures at all."""

    SELF = "self", _("the subject's own account")
    WRITTEN_RELEASE = "written_release", _("written consent")
    LICENCE = "licence", _("licence")
    PUBLIC_DOMAIN = "public_domain", _("public domain")
    INVENTED_PERSON = "invented_person", _("invented person")


class Act(models.TextChoices):
    """What a consent can cover."""

    CURATE = "curate", _("curate")
    TRAIN = "train", _("train")
    PUBLISH = "publish", _("publish")


class Consent(models.Model):
    """What was agreed to, by whom, for how long. Ended by withdrawal, never edited."""

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="consents")
    basis = models.CharField(max_length=15, choices=Basis)
    covers_curate = models.BooleanField(default=False)
    covers_train = models.BooleanField(default=False)
    covers_publish = models.BooleanField(default=False)
    signed_by = models.CharField(max_length=100)
    evidence_sha256 = models.CharField(max_length=64)
    evidence_name = models.CharField(max_length=255)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)
    """The last day it holds; none means until withdrawn."""
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    withdrawal_note = models.TextField(blank=True)

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(covers_curate=True) | Q(covers_train=True) | Q(covers_publish=True),
                name="a_consent_covers_some_act",
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                name="a_consent_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="a_withdrawal_names_who_and_when",
            ),
        )

    @property
    def acts(self) -> list[Act]:
        """The acts it covers, in the order of the flow."""
        return [act for act in Act if getattr(self, f"covers_{act.value}")]
