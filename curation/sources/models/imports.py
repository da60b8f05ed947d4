"""Sources and the imports from them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from curation.jobs import UNHELD, Job, JobState
from curation.sources.asking import Answers, Question, answers_from, question_from
from curation.sources.film_settings import EVERY, MIN_FACE, FilmSettings
from curation.sources.problem_codes import ProblemCode
from curation.sources.problems import sentence_of
from curation.sources.sealed import opened, sealed
from curation.subjects.models import Subject


class Source(models.Model):
    """One origin of a subject's pictures, under the label that the group calls it by."""

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="sources", db_index=False)
    label = models.CharField(max_length=50)
    licence_note = models.TextField(blank=True)
    """Under which licence, or on what basis, the pictures may be kept; `add_source` asks for it."""
    brought_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    """Who named it first; nobody for one that was named on the server itself."""
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
    FILM = "film", _("film")
    S3 = "s3", _("bucket")
    URLS = "urls", _("web addresses")


FAR_AWAY = (SourceKind.S3, SourceKind.URLS)


class ImportRun(Job):
    """One import of pictures from a source. Running it again adds nothing."""

    max_attempts = 20
    """More than usual: a long import may live through many restarts, and goes on each time."""

    source = models.ForeignKey(Source, models.PROTECT, related_name="import_runs")
    kind = models.CharField(max_length=6, choices=SourceKind)
    path = models.TextField()
    """Where the files lie while they are imported: a folder or a pack on the server, or
    `s3://bucket/prefix`. Of web addresses, the file that lists them."""
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
    film_every = models.PositiveIntegerField(default=EVERY)
    film_min_face = models.PositiveIntegerField(default=MIN_FACE)
    film_subject_only = models.BooleanField(default=False)
    """Which frames of the films in it become pictures, see `FilmSettings`."""

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
    def film_settings(self) -> FilmSettings:
        """Which frames of the films in it become pictures."""
        return FilmSettings(
            every=self.film_every,
            min_face=self.film_min_face,
            subject_only=self.film_subject_only,
        )

    @film_settings.setter
    def film_settings(self, settings: FilmSettings) -> None:
        self.film_every = settings.every
        self.film_min_face = settings.min_face
        self.film_subject_only = settings.subject_only

    @property
    def sentence(self) -> str:
        """Why it stopped, in the reader's language; blank when nothing is wrong."""
        return sentence_of(self.problem)
