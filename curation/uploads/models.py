"""Uploads on their way in, piece by piece, until they are imported."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.db import models

from curation.sources.kinds.upload import incoming
from curation.subjects.models import Subject


class OpenUpload(models.Model):
    """What one person is sending for one subject. The row goes when its import begins.

    The bytes lie in a folder of the waiting room, one file for each `ArrivingFile`; how much of it
    is there says its size. So what was acknowledged, and synced, is never forgotten.
    """

    token = models.CharField(max_length=32, unique=True)
    """Names it in addresses, and its folder."""
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="+", db_index=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                "subject", "person", name="one_open_upload_per_subject_and_person"
            ),
        )

    def __str__(self) -> str:
        return self.token

    @property
    def folder(self) -> Path:
        return incoming() / self.token


class ArrivingFile(models.Model):
    """One file of an upload, as the browser named it."""

    upload = models.ForeignKey(OpenUpload, models.CASCADE, related_name="files", db_index=False)
    key = models.CharField(max_length=64)
    """SHA-256 of path, length and time of change: who sends the same file again goes on with it."""
    path = models.TextField()
    """With the folders that it lay in, exactly as given."""
    length = models.PositiveBigIntegerField()
    """Bytes that it has when all of it is there."""
    changed = models.CharField(max_length=32, blank=True)
    """When it was changed last, in the browser's own words."""

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint("upload", "key", name="a_file_is_announced_once_per_upload"),
        )

    def __str__(self) -> str:
        return self.path

    @property
    def place(self) -> Path:
        """Where its bytes lie."""
        return self.upload.folder / str(self.pk)

    @property
    def received(self) -> int:
        """How many bytes of it are there."""
        try:
            return self.place.stat().st_size
        except FileNotFoundError:
            return 0

    @property
    def is_whole(self) -> bool:
        return self.received == self.length
