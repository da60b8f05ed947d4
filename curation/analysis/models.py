"""What the machine saw in a picture. Hints for people, never decisions."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Substr
from django.utils.translation import gettext_lazy as _

from curation.decoding.sentences import sentence_of
from curation.images.models import Image
from curation.jobs import Job
from curation.subjects.models import Subject


class AnalysisProblem(models.TextChoices):
    """Why an image could not be analysed. The label is the sentence that people read."""

    BYTES_MISSING = "bytes_missing", _("The picture's bytes are missing from the object store.")
    BROKE = "broke", _("Something went wrong on the server; its log has the details.")


QUARTERS = (1, 5, 9, 13)
"""Where each quarter of a hash begins: four of its sixteen hex digits. By them `near_duplicates_of`
finds hashes that are almost the same, without reading all."""


class Analysis(Job):
    """The background job that looks at one image, and what it found about the whole picture."""

    image = models.OneToOneField(Image, models.CASCADE, related_name="analysis")
    subject = models.ForeignKey(Subject, models.CASCADE, related_name="+", db_index=False)
    """The image's, which never changes: so that one index counts a whole subject's."""
    vision_version = models.PositiveSmallIntegerField(default=0)
    """Which version of `curation.vision` filled this in; 0 before it is done."""
    perceptual_hash = models.CharField(max_length=16, blank=True)
    """64-bit pHash in hex."""
    problem_details = models.JSONField(default=dict)
    """The numbers in the sentence about a file that cannot be read."""

    class Meta(Job.Meta):
        verbose_name_plural = "analyses"
        indexes = (
            models.Index(fields=("state", "leased_until")),
            models.Index(fields=("state", "vision_version")),
            models.Index(fields=("subject", "state"), name="analyses_of_a_subject"),
            *(
                models.Index(Substr("perceptual_hash", start, 4), name=f"hashes_by_digits_{start}")
                for start in QUARTERS
            ),
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
    sharpness = models.FloatField()
    """Higher is sharper; comparable between faces of different size."""

    class Meta:
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint("analysis", "position", name="one_face_per_position"),
        )
