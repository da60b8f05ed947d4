"""What the machine suspects of pictures, by reason. Hints for people, never decisions."""

from __future__ import annotations

from django.db import models

from curation.images.models import Image
from curation.jobs import Job
from curation.subjects.models import Subject


class Fitting(Job):
    """The background job that makes a subject's hints: learns from its decisions, scores all.

    One row a subject, done again when images were looked at, decided or compared anew.
    """

    subject = models.OneToOneField(Subject, models.CASCADE, related_name="fitting")
    version = models.PositiveIntegerField(default=0)
    """How often the subject's hints were made; each score says by which of them."""
    hints_version = models.PositiveSmallIntegerField(default=0)
    """Which `HINTS_VERSION` it was made with; 0 before it is done."""
    basis = models.JSONField(default=dict)
    """What was known when it began: `Basis.as_dict`."""
    num_learnt = models.PositiveIntegerField(default=0)
    """The subject's own decisions that it was fitted to."""
    softmax = models.JSONField(default=dict)
    """What was fitted: `Softmax.as_dict`."""
    reliability = models.JSONField(default=list)
    """How often what was suspected so much was rejected: `Bin.as_list` of each."""
    fitted_at = models.DateTimeField(null=True, blank=True)

    class Meta(Job.Meta):
        indexes = (models.Index(fields=("state", "leased_until")),)


class Hint(models.Model):
    """The scores of one image, 0 to 1 each; what is missing to 1 speaks for keeping it."""

    image = models.OneToOneField(Image, models.CASCADE, primary_key=True, related_name="hint")
    subject = models.ForeignKey(Subject, models.CASCADE, related_name="+")
    version = models.PositiveIntegerField()
    """Which `Fitting.version` made the scores."""
    subject_absent = models.FloatField()
    other_face = models.FloatField()
    blurry = models.FloatField()
    covered = models.FloatField()
    drawn = models.FloatField()
    rephoto = models.FloatField()
    duplicate = models.FloatField()
    generated = models.FloatField()
    odd = models.FloatField()
    """Unlike what is kept, for no reason that the machine knows."""
    row = models.BinaryField()
    """What it was scored by: little-endian float32, one for each of `hint_columns.COLUMNS`."""


class FaceOfPortrait(models.Model):
    """The largest face of a portrait, as one version of `curation.vision` sees it."""

    subject = models.ForeignKey(Subject, models.CASCADE, related_name="+", db_index=False)
    sha256 = models.CharField(max_length=64)
    """The served copy's."""
    vision_version = models.PositiveSmallIntegerField()
    yaw = models.FloatField(default=0)
    descriptor = models.BinaryField(default=b"")
    """As `Face.descriptor`; empty when no face was found."""
    left = models.FloatField(default=0)
    top = models.FloatField(default=0)
    right = models.FloatField(default=0)
    bottom = models.FloatField(default=0)
    """Where it is: parts of the copy's width and height. All 0 when no face was found."""

    class Meta:
        constraints = (
            models.UniqueConstraint("subject", "sha256", name="a_portrait_is_looked_at_once"),
        )
