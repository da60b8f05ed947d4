"""What the machine saw in a picture. Hints for people, never decisions."""

from __future__ import annotations

import numpy as np
from django.db import models
from django.utils.translation import gettext_lazy as _

from curation.decoding.sentences import sentence_of
from curation.images.models import Image
from curation.jobs import Job
from curation.subjects.models import Subject
from curation.vision.sketch import Sketch


class AnalysisProblem(models.TextChoices):
    """Why an image could not be analysed. The label is the sentence that people read."""

    BYTES_MISSING = "bytes_missing", _("The picture's bytes are missing from the object store.")
    BROKE = "broke", _("Something went wrong on the server; its log has the details.")


class Analysis(Job):
    """The background job that looks at one image, and what it found about the whole picture."""

    image = models.OneToOneField(Image, models.CASCADE, related_name="analysis")
    subject = models.ForeignKey(Subject, models.CASCADE, related_name="+", db_index=False)
    """The image's, which never changes: so that one index counts a whole subject's."""
    vision_version = models.PositiveSmallIntegerField(default=0)
    """Which version of `curation.vision` filled this in; 0 before it is done."""
    perceptual_hash = models.CharField(max_length=16, blank=True)
    """64-bit pHash in hex."""
    compared_by = models.PositiveSmallIntegerField(default=0)
    """Which `DUPLICATES_VERSION` looked for other images like this one; 0 before any has."""
    hinted_by = models.PositiveSmallIntegerField(default=0)
    """Which `HINTS_VERSION` has looked at what was seen; 0 before any has."""
    problem_details = models.JSONField(default=dict)
    """The numbers in the sentence about a file that cannot be read."""

    class Meta(Job.Meta):
        verbose_name_plural = "analyses"
        indexes = (
            models.Index(fields=("state", "leased_until")),
            models.Index(fields=("state", "vision_version")),
            models.Index(fields=("subject", "state", "compared_by"), name="analyses_of_a_subject"),
            models.Index(fields=("subject", "state", "hinted_by"), name="looks_without_hints"),
        )

    @property
    def sentence(self) -> str:
        """Why it failed, in the reader's language; blank when nothing is wrong."""
        if self.problem in AnalysisProblem.values:
            return str(AnalysisProblem(self.problem).label)
        return sentence_of(self.problem, self.problem_details)


class QueuedUpTo(models.Model):
    """Up to which number a subject's images have had an analysis begun.

    Numbers are given one after the other under the subject's lock, so no image appears below it
    later; an analysis that is forgotten lowers it. So nobody need read all images to find none.
    """

    subject = models.OneToOneField(
        Subject, models.CASCADE, primary_key=True, related_name="queued_up_to"
    )
    number = models.PositiveIntegerField(default=0)


class Face(models.Model):
    """One face in a picture, the largest first."""

    analysis = models.ForeignKey(Analysis, models.CASCADE, related_name="faces", db_index=False)
    position = models.PositiveSmallIntegerField()
    left = models.FloatField()
    top = models.FloatField()
    right = models.FloatField()
    bottom = models.FloatField()
    landmarks = models.BinaryField()
    """68 points, float32 little-endian (68, 2), in pixels of the upright picture."""
    descriptor = models.BinaryField()
    """128-d identity descriptor, float32 little-endian; closer than 0.6 is the same person."""
    yaw = models.FloatField()
    """Degrees; > 0 the nose points to the right side of the picture."""
    pitch = models.FloatField()
    """Degrees; > 0 looking up."""
    roll = models.FloatField()
    """Degrees; > 0 the head is tilted clockwise in the picture."""
    score = models.FloatField(default=0)
    """How sure it is to be a face, 0 to 1."""
    occlusion = models.FloatField(default=0)
    """How much less of a face is seen than of a bare one that is turned as much, 0 to 1."""
    mouth_open = models.FloatField(default=0)
    """Gap between the lips, of the mouth's width; 0 is shut."""
    mouth_wide = models.FloatField(default=0)
    """Width of the mouth, of the face's; a smile widens it."""
    eyes_open = models.FloatField(default=0)
    """Gap between the lids, of the eye's width; 0.35 is open, below 0.25 shut."""
    sharpness = models.FloatField()
    """Higher is sharper; comparable between faces of different size."""
    perceptual_hash = models.CharField(max_length=16, blank=True)
    """64-bit pHash of the face alone, in hex."""

    class Meta:
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint("analysis", "position", name="one_face_per_position"),
        )


class StoredSketch(models.Model):
    """The picture's `Sketch`, by which pictures are compared pixel by pixel.

    In a table of its own: no page reads it, and analyses stay short to read.
    """

    analysis = models.OneToOneField(
        Analysis, models.CASCADE, primary_key=True, related_name="sketch"
    )
    pixels = models.BinaryField()
    """Gray, one byte each, row by row."""
    width = models.PositiveSmallIntegerField()
    face_x = models.FloatField(null=True)
    """Centre of the largest face, in pixels of the sketch; None without one."""
    face_y = models.FloatField(null=True)
    face_side = models.FloatField(null=True)

    def value(self) -> Sketch:
        """The sketch as `curation.vision` knows it."""
        gray = np.frombuffer(self.pixels, np.uint8).reshape(-1, self.width)
        if self.face_x is None or self.face_y is None or self.face_side is None:
            return Sketch(gray, None)
        return Sketch(gray, (self.face_x, self.face_y, self.face_side))


class StoredSigns(models.Model):
    """The picture's `Signs`, which only hints look at: log-odds."""

    analysis = models.OneToOneField(
        Analysis, models.CASCADE, primary_key=True, related_name="signs"
    )
    blurry = models.FloatField()
    covered = models.FloatField()
    drawn = models.FloatField()
    rephoto = models.FloatField()
