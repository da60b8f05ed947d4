"""The cleaning manual as data: numbered versions, their reasons to reject, and examples."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from curation.languages import in_readers_language
from curation.manual.reasons import Reason
from curation.projects.models import Project
from curation.subjects.models import Subject

FIRST_NUMBER = 1


class ManualVersion(models.Model):
    """One text of a project's manual. It never changes: votes name the one they were given by."""

    project = models.ForeignKey(
        Project, models.PROTECT, null=True, related_name="manuals", db_index=False
    )
    """None of the first version, which every project begins with."""
    number = models.PositiveSmallIntegerField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    """None of the first version, and where the command line made it."""
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        get_latest_by = "number"
        constraints = (
            models.UniqueConstraint("project", "number", name="a_number_means_one_text"),
            models.UniqueConstraint(
                "number", condition=Q(project=None), name="all_projects_begin_with_one_text"
            ),
            models.CheckConstraint(
                condition=Q(project=None, number=FIRST_NUMBER)
                | Q(project__isnull=False, number__gt=FIRST_NUMBER),
                name="the_first_version_is_everybodys_and_no_other",
            ),
        )


class ManualReason(models.Model):
    """A reason to reject a picture, as a version of the manual explains it."""

    version = models.ForeignKey(
        ManualVersion, models.PROTECT, related_name="reasons", db_index=False
    )
    code = models.CharField(max_length=20, choices=[(each.value, each.value) for each in Reason])
    position = models.PositiveSmallIntegerField(null=True)
    """The number under which it stands, and the key that casts it. None where it is not used: its
    words stay, for the votes that named it and until it is used again."""
    title_en = models.CharField(max_length=40)
    title_zh = models.CharField(max_length=40)
    summary_en = models.CharField(max_length=200)
    summary_zh = models.CharField(max_length=200)
    """When to choose it, in one sentence beside the picture."""
    definition_en = models.TextField()
    definition_zh = models.TextField()
    """What counts."""
    exclusion_en = models.TextField()
    exclusion_zh = models.TextField()
    """What does not count."""

    class Meta:
        ordering = (models.F("position").asc(nulls_last=True), "id")
        constraints = (
            models.UniqueConstraint("version", "code", name="a_manual_explains_a_reason_once"),
            models.UniqueConstraint("version", "position", name="a_number_means_one_reason"),
            models.CheckConstraint(
                condition=Q(position__range=(1, 9)), name="a_reason_has_a_number_from_1_to_9"
            ),
            models.CheckConstraint(
                condition=Q(code__in=[each.value for each in Reason]),
                name="a_manual_explains_only_reasons_that_votes_know",
            ),
            models.CheckConstraint(
                condition=~(
                    Q(title_en="")
                    | Q(title_zh="")
                    | Q(summary_en="")
                    | Q(summary_zh="")
                    | Q(definition_en="")
                    | Q(definition_zh="")
                    | Q(exclusion_en="")
                    | Q(exclusion_zh="")
                ),
                name="a_reason_is_explained_in_both_languages",
            ),
        )

    @property
    def title(self) -> str:
        return in_readers_language(en=self.title_en, zh=self.title_zh)

    @property
    def summary(self) -> str:
        return in_readers_language(en=self.summary_en, zh=self.summary_zh)

    @property
    def definition(self) -> str:
        return in_readers_language(en=self.definition_en, zh=self.definition_zh)

    @property
    def exclusion(self) -> str:
        return in_readers_language(en=self.exclusion_en, zh=self.exclusion_zh)


class ManualExample(models.Model):
    """A picture that shows what a reason means, or what to keep."""

    version = models.ForeignKey(ManualVersion, models.PROTECT, related_name="examples")
    reason = models.ForeignKey(
        ManualReason, models.PROTECT, null=True, blank=True, related_name="examples"
    )
    """None where it shows what to keep."""
    picture = models.CharField(max_length=200, blank=True)
    """The path of a static file; blank where it is a picture of the project's own."""
    subject = models.ForeignKey(Subject, models.PROTECT, null=True, related_name="+")
    """Whose picture it is, of the project's own: it is shown while their consent allows it."""
    sha256 = models.CharField(max_length=64, blank=True)
    """Of the served copy in the store."""
    image_number = models.PositiveIntegerField(null=True)
    """Of the subject's image that it was taken from; None where a file was sent."""
    caption_en = models.CharField(max_length=200)
    caption_zh = models.CharField(max_length=200)
    is_good = models.BooleanField()
    """Whether this picture is kept."""

    class Meta:
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(
                condition=~(Q(caption_en="") | Q(caption_zh="")),
                name="an_example_is_described_in_both_languages",
            ),
            models.CheckConstraint(
                condition=Q(reason__isnull=False) | Q(is_good=True),
                name="a_bad_example_has_a_reason",
            ),
            models.CheckConstraint(
                condition=(Q(subject=None, sha256="", image_number=None) & ~Q(picture=""))
                | (Q(subject__isnull=False, picture="") & ~Q(sha256="")),
                name="an_example_is_a_static_file_or_somebodys_picture",
            ),
        )

    @property
    def caption(self) -> str:
        return in_readers_language(en=self.caption_en, zh=self.caption_zh)
