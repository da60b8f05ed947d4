"""What became of each file that an import found."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from curation.sources.models.imports import ImportRun
from curation.sources.problems import numbers_of, sentence_of


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
