"""Frozen sets of kept images."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from curation.subjects.models import Subject


class Release(models.Model):
    """A numbered, hashed set of a subject's kept images. It never changes."""

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="releases")
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
