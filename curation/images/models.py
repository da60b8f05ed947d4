"""Pictures under their numbers."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from curation.subjects.models import Subject


class Image(models.Model):
    """One picture of a subject. Its number is given once, in order of intake, and never changes."""

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="images", db_index=False)
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=255)
    """The file's own name when it was first imported, exactly as given."""
    sha256 = models.CharField(max_length=64)
    size_bytes = models.PositiveBigIntegerField()
    width = models.PositiveIntegerField()
    """Pixels, upright by EXIF."""
    height = models.PositiveIntegerField()
    format = models.CharField(max_length=8)
    bare_sha256 = models.CharField(max_length=64, blank=True)
    """The picture's file without its metadata, as it leaves the site; blank until it is made."""
    bare_size_bytes = models.PositiveBigIntegerField(default=0)
    bare_format = models.CharField(max_length=8, blank=True)
    """Another than `format` only where the picture had to be drawn anew."""
    marks = models.JSONField(default=dict)
    """What the file says of having been generated: `Marks.as_dict`."""
    says_generated = models.BooleanField(default=False)
    """Whether one of the marks says so for certain."""
    taken_in_at = models.DateTimeField(auto_now_add=True)
    purged_at = models.DateTimeField(null=True, blank=True)
    """When the bytes were removed for good; the row stays, so that its number stays taken."""

    class Meta:
        ordering = ("subject", "number")
        indexes = (
            # Two that count a large subject's pictures without reading them; the first also says
            # which of them are in another table, and which are not.
            models.Index(
                fields=("subject", "id"), condition=Q(purged_at=None), name="present_images"
            ),
            models.Index(
                fields=("subject",), condition=Q(purged_at__isnull=False), name="purged_images"
            ),
        )
        constraints = (
            models.UniqueConstraint("subject", "number", name="a_number_is_given_once"),
            models.UniqueConstraint("subject", "sha256", name="bytes_are_kept_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="numbers_start_at_one"),
        )

    def __str__(self) -> str:
        return f"{self.number:05d} {self.name}"


class Measures(models.Model):
    """What pictures are sorted and chosen by: a narrow row an image, from intake on.

    Numbers of the whole picture and of its largest face, once more beside Analysis and Face, so
    that a subject's pictures are put in any order without reading all that was seen in them
    (docs/adr/0017-one-row-of-measures-an-image.md). None until the machine has looked.
    """

    image = models.OneToOneField(Image, models.CASCADE, primary_key=True, related_name="measures")
    subject = models.ForeignKey(Subject, models.CASCADE, related_name="+", db_index=False)
    """The image's, as is the number; neither ever changes."""
    number = models.PositiveIntegerField()
    num_faces = models.PositiveSmallIntegerField(null=True)
    brightness = models.FloatField(null=True)
    """Mean luminance, 0 black to 1 white: of the largest face, else of the whole picture."""
    face_size = models.FloatField(null=True)
    """Shorter side of the largest face's box in pixels; None without a face, as are all below."""
    yaw = models.FloatField(null=True)
    """Degrees, as Face has them, and so are the others."""
    pitch = models.FloatField(null=True)
    sharpness = models.FloatField(null=True)
    mouth_open = models.FloatField(null=True)
    eyes_open = models.FloatField(null=True)
    likeness = models.FloatField(null=True)
    """How far the face most like the subject is from the subject's others: less is more like. None
    until there are hints, and where nobody can be compared."""
    suspicion = models.FloatField(null=True)
    """How much the machine would reject it, 0 to 1; None until there are hints, as is the next."""
    suspected = models.CharField(max_length=16, blank=True)
    """The reason it would name first; blank where keeping is likelier than each."""
    suspicion_alone = models.FloatField(null=True)
    """As `suspicion` if no better copy were known: for whoever must not learn of that copy yet."""
    suspected_alone = models.CharField(max_length=16, blank=True)
    near_another = models.BooleanField(default=False)
    """Whether a face in it could be a look-alike's, or a stranger's whom people named so."""

    class Meta:
        verbose_name_plural = "measures"
        constraints = (
            models.UniqueConstraint("subject", "number", name="one_row_of_measures_a_number"),
        )
