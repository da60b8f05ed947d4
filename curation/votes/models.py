"""What volunteers say of images: now, and every change on the way."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from curation.batches.models import Batch
from curation.images.models import Image
from curation.jobs import Job, JobState
from curation.manual.reasons import Reason, split_reasons
from curation.manual.verdicts import REASONS_EXACTLY_WHEN_REJECTING, Verdict
from curation.subjects.models import Subject


class Vote(models.Model):
    """What one volunteer says of one image now. Its history is in VoteEvent."""

    image = models.ForeignKey(Image, models.PROTECT, related_name="votes", db_index=False)
    volunteer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="votes")
    verdict = models.CharField(max_length=6, choices=Verdict)
    reason_codes = models.CharField(max_length=100, blank=True)
    """Codes of the manual in its order, joined by commas."""
    manual_version = models.PositiveSmallIntegerField()
    cast_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint("image", "volunteer", name="one_vote_per_volunteer_and_image"),
            models.CheckConstraint(
                condition=REASONS_EXACTLY_WHEN_REJECTING,
                name="vote_has_reasons_exactly_when_rejecting",
            ),
        )

    @property
    def reasons(self) -> list[Reason]:
        return split_reasons(self.reason_codes)


class ImageTally(models.Model):
    """How many votes of each kind an image has, and what they weigh where weight counts, for
    whoever asks of very many images at once.

    Always what counting the votes gives: whoever changes votes counts anew under the lock that
    they hold (`curation.votes.tallies.recount`). An image nobody ever voted on may have no row.
    What the machine thought of the image is frozen when the first vote comes, before any vote on
    it could teach the machine; then it never changes.
    """

    image = models.OneToOneField(Image, models.CASCADE, primary_key=True, related_name="tally")
    subject = models.ForeignKey(Subject, models.CASCADE, related_name="+", db_index=False)
    """The image's, which never changes: so that one index answers for a whole subject."""
    packed = models.PositiveIntegerField()
    """See `curation.votes.tallies.packed`."""
    keep_score = models.FloatField(null=True)
    """How likely the machine held it to be kept, 0 to 1, by itself, whatever copies there are; None
    where it had not looked."""
    scored_by = models.PositiveSmallIntegerField(default=0)
    """The `HINTS_VERSION` that the score is of; 0 where there is none."""
    look_alike_near = models.BooleanField(default=False)
    """Whether it may show a look-alike: then the machine says nothing of who it is. A new fit looks
    again, and what was near once stays so."""

    class Meta:
        indexes = (
            models.Index(fields=("subject", "packed", "image"), name="tallies_of_a_subject"),
        )


ALL = 2**63 - 1
"""Greater than the id of any image."""


class Fit(Job):
    """What is believed of those who vote on a subject's images: by it their votes weigh.

    Made by a background job, never changed afterwards, and made anew when there are many more
    votes. The images are weighed by it piece by piece in the order of their ids, each piece
    behind the subject's lock. docs/adr/0027-votes-by-their-weight.md
    """

    subject = models.ForeignKey(Subject, models.CASCADE, related_name="fits", db_index=False)
    number = models.PositiveIntegerField()
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    """None where it was due by itself."""
    rule_version = models.CharField(max_length=40, blank=True)
    inputs_sha256 = models.CharField(max_length=64, blank=True)
    """Of all that it was made from: `curation.votes.fit_inputs.Inputs.digest`."""
    earlier = models.ForeignKey("self", models.SET_NULL, null=True, related_name="+")
    """Of an earlier subject of the project, where what is known of people was carried over."""
    digest = models.CharField(max_length=64, blank=True, db_index=True)
    """SHA-256 of `data`; blank until it is made."""
    data = models.BinaryField(default=b"")
    """`curation.votes.beliefs.Beliefs.as_bytes`."""
    num_votes = models.PositiveIntegerField(default=0)
    num_gold = models.PositiveIntegerField(default=0)
    """First answers to gold, which were counted beside the votes."""
    last_event = models.PositiveBigIntegerField(default=0)
    """The newest step in the history of votes when it was made."""
    applied_to = models.PositiveBigIntegerField(default=0)
    """Images with an id up to this one stand by it, unless a later one has come as far."""
    made_at = models.DateTimeField(null=True)

    class Meta(Job.Meta):
        constraints = (
            *Job.Meta.constraints,
            models.UniqueConstraint("subject", "number", name="a_fit_number_is_given_once"),
            models.UniqueConstraint(
                fields=("subject",),
                condition=Q(state__in=(JobState.WAITING, JobState.RUNNING)),
                name="one_fit_of_a_subject_under_way",
            ),
        )
        indexes = (models.Index(fields=("state", "leased_until")),)


class VoteEvent(models.Model):
    """One step in a vote's history, never changed; `verdict` is blank when it was taken back."""

    image = models.ForeignKey(Image, models.PROTECT, related_name="vote_events")
    volunteer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False
    )
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=6, choices=Verdict, blank=True)
    reason_codes = models.CharField(max_length=100, blank=True)
    manual_version = models.PositiveSmallIntegerField()
    client_key = models.UUIDField()
    """Made by the browser: the same key means the same act, sent again."""
    at = models.DateTimeField()
    is_rolled_back = models.BooleanField(default=False)
    """It was an organiser who took the vote back, or made it again what it was before."""

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint("volunteer", "client_key", name="an_act_is_recorded_once"),
            models.CheckConstraint(
                condition=REASONS_EXACTLY_WHEN_REJECTING | Q(verdict="", reason_codes=""),
                name="vote_event_has_reasons_exactly_when_rejecting",
            ),
        )

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("The history of votes is append-only.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("The history of votes is append-only.")
