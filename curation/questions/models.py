"""Questions that are pinned to pictures, and the organiser's answers."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from curation.batches.models import Batch
from curation.images.models import Image

MOST_LETTERS = 300


class Question(models.Model):
    """What somebody asked about one image, and what an organiser answered.

    It is no vote. Until it is answered its asker and organisers alone see it; answered, everybody
    who has the picture on their desk sees both, never who asked. Earlier texts are in the action
    log. Those of a purged image stay, as the image's own row does, and nobody is shown them.
    """

    image = models.ForeignKey(Image, models.PROTECT, related_name="questions")
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="+")
    """On whose desk it was asked."""
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    text = models.TextField()
    asked_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    """None when the command line did."""
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                "image",
                "asked_by",
                condition=Q(answered_at=None),
                name="one_open_question_per_person_and_image",
            ),
            models.CheckConstraint(condition=~Q(text=""), name="a_question_says_something"),
            models.CheckConstraint(
                condition=Q(answer="", answered_at=None, answered_by=None)
                | (~Q(answer="") & Q(answered_at__isnull=False)),
                name="an_answer_says_something_and_when",
            ),
        )

    @property
    def is_open(self) -> bool:
        return self.answered_at is None
