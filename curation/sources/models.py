"""Where pictures come from: sources, imports, and each place that a picture was found in."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from curation.images.models import Image
from curation.jobs import UNHELD, Job, JobState
from curation.sources.asking import Answers, Question, answers_from, question_from
from curation.sources.problems import ProblemCode, numbers_of, sentence_of
from curation.sources.sealed import opened, sealed
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
    PACK = "pack", _("pack: zip, rar, 7z or tar")
    UPLOAD = "upload", _("uploaded files")


class ImportRun(Job):
    """One import of pictures from a source. Running it again adds nothing."""

    max_attempts = 20
    """More than usual: a long import may live through many restarts, and goes on each time."""

    source = models.ForeignKey(Source, models.PROTECT, related_name="import_runs")
    kind = models.CharField(max_length=6, choices=SourceKind)
    path = models.TextField()
    """Where the files lie while they are imported: a folder or a pack on the server."""
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

    is_asking = models.BooleanField(default=False)
    """Whether it waits for a person to say more about its packs. No worker takes it meanwhile."""
    question_json = models.JSONField(default=dict, blank=True)
    answers_json = models.JSONField(default=dict, blank=True)
    sealed_passwords = models.TextField(blank=True)
    """The packs' passwords under the site's own key, until the import has ended."""

    class Meta(Job.Meta):
        ordering = ("-id",)

    @staticmethod
    def to_claim() -> models.Q:
        return Job.to_claim() & models.Q(is_asking=False)

    @staticmethod
    def to_queue() -> models.Q:
        return Job.to_queue() & models.Q(is_asking=False)

    @property
    def question(self) -> Question:
        """What a person is asked; empty while nothing is."""
        return question_from(self.question_json)

    @property
    def answers(self) -> Answers:
        """What was said of its packs so far."""
        return answers_from(self.answers_json, opened(self.sealed_passwords))

    @answers.setter
    def answers(self, answers: Answers) -> None:
        self.answers_json = answers.as_json()
        self.sealed_passwords = sealed(answers.passwords)

    def ask(self, question: Question) -> bool:
        """Wait for a person; False, changing nothing, when another worker took it over.

        That is no failed attempt.
        """
        return self._write(
            self.mine(),
            state=JobState.WAITING,
            attempt=max(self.attempt - 1, 0),
            trouble="",
            num_troubles=0,
            is_asking=True,
            question_json=question.as_json(),
            **UNHELD,
        )

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
    """Path inside the folder or pack, with `/`, exactly as given. Behind the path of a pack, when
    there were several, or other files beside it, stands the path inside the pack."""
    raw_name = models.BinaryField(default=b"", blank=True)
    """The name's bytes as the pack or folder holds them, where `path` is only how they were read;
    empty where they are the path's own UTF-8. A better guess can still be made from them."""
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
