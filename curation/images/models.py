"""Pictures under their numbers, and where each came from."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django_tasks.base import Task

from curation.sources.models import ImportRun, Source
from curation.subjects.models import Subject


class Image(models.Model):
    """One picture of a subject. Its number is given once, in order of intake, and never changes."""

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="images")
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=255)
    """The file's own name when it first came in, exactly as given."""
    sha256 = models.CharField(max_length=64)
    size_bytes = models.PositiveBigIntegerField()
    width = models.PositiveIntegerField()
    """Pixels, upright by EXIF."""
    height = models.PositiveIntegerField()
    format = models.CharField(max_length=8)
    taken_in_at = models.DateTimeField(auto_now_add=True)
    purged_at = models.DateTimeField(null=True, blank=True)
    """When the bytes were removed for good; the row stays, so that its number stays taken."""

    class Meta:
        ordering = ("subject", "number")
        constraints = (
            models.UniqueConstraint("subject", "number", name="a_number_is_given_once"),
            models.UniqueConstraint("subject", "sha256", name="bytes_are_kept_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="numbers_start_at_one"),
        )

    def __str__(self) -> str:
        return f"{self.number:05d} {self.name}"


class Provenance(models.Model):
    """One place where an image's bytes were found. The same bytes may be found many times."""

    image = models.ForeignKey(Image, models.CASCADE, related_name="provenances")
    source = models.ForeignKey(Source, models.PROTECT, related_name="provenances")
    import_run = models.ForeignKey(ImportRun, models.PROTECT, related_name="provenances")
    path = models.TextField()
    """Path inside the folder or zip, with `/`, exactly as given."""
    found_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                "image", "source", "path", name="a_place_is_noted_once_per_image"
            ),
        )


class Intake(ImportRun):
    """An import as the work that this stage does: it makes images of the files."""

    max_attempts = 20
    """More than usual: a long import may live through many restarts, and goes on each time."""

    class Meta:
        proxy = True

    @classmethod
    def task(cls) -> Task[[int], None]:
        from curation.images.tasks import run_import_task  # noqa: PLC0415, it needs this model

        return run_import_task
