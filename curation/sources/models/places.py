"""Each place that a picture was found in, and how far the films and packs are that hold them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from curation.images.models import Image
from curation.sources.film_settings import time_code
from curation.sources.models.imports import ImportRun, Source

MAX_ETAG_LENGTH, MAX_SITE_LENGTH, MAX_AUTHOR_LENGTH = 128, 64, 200


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
