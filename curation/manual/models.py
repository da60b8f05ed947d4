"""The cleaning manual as data: numbered versions, their reasons to reject, and examples."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from curation.languages import in_readers_language
from curation.manual.reasons import Reason


class ManualVersion(models.Model):
    """One text of the manual. It never changes: every vote names the version it was given by."""

    number = models.PositiveSmallIntegerField(unique=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        get_latest_by = "number"


class ManualReason(models.Model):
    """A reason to reject a picture, as a version of the manual explains it."""

    version = models.ForeignKey(
        ManualVersion, models.PROTECT, related_name="reasons", db_index=False
    )
    code = models.CharField(max_length=20, choices=[(each.value, each.value) for each in Reason])
    position = models.PositiveSmallIntegerField()
    """The number under which it stands, and the key that casts it."""
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
        ordering = ("position",)
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
    picture = models.CharField(max_length=200)
    """The path of a static file."""
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
        )

    @property
    def caption(self) -> str:
        return in_readers_language(en=self.caption_en, zh=self.caption_zh)
