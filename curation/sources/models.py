"""Where pictures come from: sources, imports, and each place that a picture was found in."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from curation.images.models import Image
from curation.jobs import UNHELD, Job, JobState
from curation.sources.asking import Answers, Question, answers_from, question_from
from curation.sources.film_settings import EVERY, MIN_FACE, FilmSettings, time_code
from curation.sources.problem_codes import ProblemCode
from curation.sources.problems import numbers_of, sentence_of
from curation.sources.sealed import opened, sealed
from curation.subjects.models import Subject

MAX_ETAG_LENGTH, MAX_SITE_LENGTH, MAX_AUTHOR_LENGTH = 128, 64, 200


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


class Provenance(models.Model):
    """One place where an image's bytes were found. The same bytes may be found many times."""

    image = models.ForeignKey(Image, models.CASCADE, related_name="provenances", db_index=False)
    source = models.ForeignKey(Source, models.PROTECT, related_name="provenances", db_index=False)
    import_run = models.ForeignKey(
        ImportRun, models.PROTECT, related_name="provenances", db_index=False
    )
    path = models.TextField()
    """Path inside the folder or pack, with `/`, exactly as given; else the web address, or
    `s3://bucket/key`. Behind the path of a pack, when there were several, or other files beside
    it, stands the path inside the pack. Of a frame: its film's."""
    raw_name = models.BinaryField(default=b"", blank=True)
    """The name's bytes as the pack or folder holds them, where `path` is only how they were read;
    empty where they are the path's own UTF-8. A better guess can still be made from them."""
    is_first = models.BooleanField()
    """Whether the image got its number here: no place of it was noted before. Never changes."""
    frame = models.PositiveIntegerField(default=0)
    """Which frame of the film at `path`, counted from 1; 0 for a file that is the picture."""
    milliseconds = models.PositiveBigIntegerField(null=True)
    """When the frame is shown: the film's time code."""
    scene = models.PositiveIntegerField(null=True)
    """In which shot of the film, counted from 1."""
    found_at = models.DateTimeField(auto_now_add=True)
    # What a bucket, a list of addresses or a sidecar says of it: see `Origin`.
    etag = models.CharField(max_length=MAX_ETAG_LENGTH, blank=True)
    page = models.TextField(blank=True)
    site = models.CharField(max_length=MAX_SITE_LENGTH, blank=True)
    author = models.CharField(max_length=MAX_AUTHOR_LENGTH, blank=True)
    posted_at = models.DateTimeField(null=True, blank=True)
    licence_note = models.TextField(blank=True)
    note = models.TextField(blank=True)

    @property
    def page_link(self) -> str:
        """The page, where a browser may follow it; lists and sidecars may say anything."""
        return self.page if self.page.startswith(("https://", "http://")) else ""

    class Meta:
        ordering = ("id",)
        # Count the images of a source without sorting them, and those that an import numbered.
        indexes = (
            models.Index(fields=("source", "image"), name="images_of_a_source"),
            models.Index(fields=("import_run", "is_first"), name="places_of_an_import"),
        )
        constraints = (
            models.UniqueConstraint(
                *("image", "source", "path", "frame", "etag"),
                name="a_place_is_noted_once_per_image",
            ),
            models.UniqueConstraint(
                "image", condition=Q(is_first=True), name="an_image_is_numbered_at_one_place"
            ),
            models.CheckConstraint(
                condition=models.Q(frame=0, milliseconds=None, scene=None)
                | models.Q(frame__gt=0, milliseconds__isnull=False, scene__isnull=False),
                name="a_frame_has_a_time_code_and_a_scene",
            ),
        )

    @property
    def time_code(self) -> str:
        """Such as 00:12:34.560; blank for what is no frame of a film."""
        return "" if self.milliseconds is None else time_code(self.milliseconds)


class Film(models.Model):
    """A film of an import: how far it is, and why not every step of it gave a picture."""

    import_run = models.ForeignKey(ImportRun, models.CASCADE, related_name="films", db_index=False)
    path = models.TextField()
    etag = models.CharField(max_length=MAX_ETAG_LENGTH, blank=True)
    """As in `Provenance`: another film under the same key begins anew."""
    step = models.PositiveIntegerField(default=0)
    """Up to this one all are settled: the picture is in, or there was none. Here it goes on."""
    seconds = models.FloatField(default=0)
    """How far that is."""
    length = models.FloatField(default=0)
    """In seconds, as the film says; 0 when it does not."""
    scenes = models.PositiveIntegerField(default=0)
    no_face = models.PositiveIntegerField(default=0)
    """Steps in which no face was found; the next two likewise. Such steps leave no row."""
    small_face = models.PositiveIntegerField(default=0)
    other_person = models.PositiveIntegerField(default=0)
    is_over = models.BooleanField(default=False)
    problem = models.CharField(max_length=30, blank=True)
    """A `ProblemCode`, where it could not be read to its end."""
    details = models.JSONField(default=dict)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                *("import_run", "path", "etag"), name="one_row_per_film_and_import"
            ),
        )

    @property
    def reached(self) -> str:
        """How far it is, as a time code without fractions."""
        return time_code(round(self.seconds) * 1000)[:-4]

    @property
    def lasts(self) -> str:
        """How long it is, likewise; blank when that is not known."""
        return time_code(round(self.length) * 1000)[:-4] if self.length else ""

    @property
    def num_passed(self) -> int:
        """Steps that gave no picture."""
        return self.no_face + self.small_face + self.other_person


class FetchedWhole(models.Model):
    """A pack or film far away, or a part of a pack, all of which an import took in."""

    import_run = models.ForeignKey(
        ImportRun, models.CASCADE, related_name="fetched_whole", db_index=False
    )
    path = models.TextField()
    """As in `Provenance`, and so the next."""
    etag = models.CharField(max_length=MAX_ETAG_LENGTH, blank=True)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                *("import_run", "path", "etag"), name="what_was_fetched_is_noted_once_per_import"
            ),
        )

    def __str__(self) -> str:
        return self.path


class Outcome(models.TextChoices):
    """What can become of a file that an import found. Every file has exactly one."""

    NEW = "new"
    SAME = "same"
    """The bytes were in; only one more place was noted."""
    KNOWN = "known"
    """From the same place."""
    FILM = "film"
    """A film that was watched to its end: frames of it are pictures."""
    LEFT_OUT = "left_out"
    """No picture, and nothing is wrong with it."""
    REFUSED = "refused"


OF_PICTURES = (Outcome.NEW, Outcome.SAME, Outcome.KNOWN, Outcome.FILM)


class FileOutcome(models.Model):
    """What became of one file that an import found."""

    import_run = models.ForeignKey(
        ImportRun, models.CASCADE, related_name="outcomes", db_index=False
    )
    position = models.PositiveIntegerField()
    """Of the file, in the order in which people list them, from 1."""
    path = models.TextField()
    """As in `Provenance`, but that what no database keeps is replaced, and what is too long cut."""
    outcome = models.CharField(max_length=8, choices=Outcome)
    code = models.CharField(max_length=30, blank=True)
    """Why it did not come in: one of `ProblemCode`. Blank for pictures."""
    details = models.JSONField(default=dict)
    """The numbers in the sentence."""

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                "import_run", "position", name="one_outcome_per_file_and_import"
            ),
            models.CheckConstraint(
                condition=Q(code="", outcome__in=OF_PICTURES)
                | (~Q(code="") & ~Q(outcome__in=OF_PICTURES)),
                name="a_file_that_did_not_come_in_says_why",
            ),
        )
        # Counts the files by what became of them, and lists those of a kind.
        indexes = (models.Index(fields=("import_run", "outcome", "code", "position")),)

    @property
    def sentence(self) -> str:
        """Why it did not come in, in the reader's language."""
        return sentence_of(self.code, self.details)

    @property
    def numbers(self) -> str:
        """What is special of this file among those with the same problem; often nothing."""
        return numbers_of(self.code, self.details)
