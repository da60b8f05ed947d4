"""Where pictures come from: sources, imports, and each place that a picture was found in."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from curation.decoding.sentences import numbers_of
from curation.images.models import Image
from curation.jobs import Job, JobState
from curation.sources.problems import ProblemCode, sentence_of
from curation.subjects.models import Subject


class Source(models.Model):
    """One origin of a subject's pictures, under the label that the group calls it by."""

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="sources", db_index=False)
    label = models.CharField(max_length=50)
    licence_note = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("label",)
        constraints = (models.UniqueConstraint("subject", "label", name="one_source_per_label"),)

    def __str__(self) -> str:
        return self.label


class SourceKind(models.TextChoices):
    FOLDER = "folder", _("folder")
    ZIP = "zip", _("zip file")
    UPLOAD = "upload", _("uploaded files")


class ImportRun(Job):
    """One import of pictures from a source. Running it again adds nothing."""

    max_attempts = 20
    """More than usual: a long import may live through many restarts, and goes on each time."""

    source = models.ForeignKey(Source, models.PROTECT, related_name="import_runs")
    kind = models.CharField(max_length=6, choices=SourceKind)
    path = models.TextField()
    """Where the files lie while they are imported: a folder or a zip on the server."""
    given_as = models.TextField()
    """What the person called it: the path they typed or the name of the file they sent."""
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    started_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    files_found = models.PositiveIntegerField(null=True)
    """How many files there are; none before the worker has looked."""
    files_seen = models.PositiveIntegerField(default=0)
    """How far the worker has come, renewed with its lease. Only for the progress bar."""

    class Meta(Job.Meta):
        ordering = ("-id",)

    @property
    def was_cancelled(self) -> bool:
        """Whether a person ended it before it was done."""
        return self.state == JobState.FAILED and self.problem == ProblemCode.CANCELLED

    @property
    def sentence(self) -> str:
        """Why it stopped, in the reader's language; blank when nothing is wrong."""
        return sentence_of(self.problem)


class Provenance(models.Model):
    """One place where an image's bytes were found. The same bytes may be found many times."""

    image = models.ForeignKey(Image, models.CASCADE, related_name="provenances", db_index=False)
    source = models.ForeignKey(Source, models.PROTECT, related_name="provenances", db_index=False)
    import_run = models.ForeignKey(ImportRun, models.PROTECT, related_name="provenances")
    path = models.TextField()
    """Path inside the folder or zip, with `/`, exactly as given."""
    found_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("id",)
        # Counts the images of a source without sorting them.
        indexes = (models.Index(fields=("source", "image"), name="images_of_a_source"),)
        constraints = (
            models.UniqueConstraint(
                "image", "source", "path", name="a_place_is_noted_once_per_image"
            ),
        )


class ImportProblem(models.Model):
    """A file that could not be imported, and why. All other files were."""

    import_run = models.ForeignKey(
        ImportRun, models.CASCADE, related_name="problems", db_index=False
    )
    path = models.TextField()
    code = models.CharField(max_length=30)
    """One of `ProblemCode`."""
    details = models.JSONField(default=dict)
    """The numbers in the sentence."""

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint("import_run", "path", name="one_problem_per_file_and_import"),
        )
        indexes = (models.Index(fields=("import_run", "code", "id")),)

    @property
    def sentence(self) -> str:
        """Why, in the reader's language."""
        return sentence_of(self.code, self.details)

    @property
    def numbers(self) -> str:
        """What is special of this file among those with the same problem; often nothing."""
        return numbers_of(self.code, self.details)
