"""Who wishes to hear of new work by mail, and the mails that tell them."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from curation.jobs import Job
from curation.projects.models import Project

ADDRESS_REFUSED = "address_refused"
"""The problem of a notice whose address the mail server will never take."""


class NoticeWish(models.Model):
    """A person wishes to hear of new work. There is no row for those who do not."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="notice_wish"
    )
    language = models.CharField(max_length=8, choices=settings.LANGUAGES)
    """The language in which they wished it, for people who chose none."""
    wished_at = models.DateTimeField()
    """What is older is no news to them."""


class Notice(Job):
    """The mail to one person about new work in one project: one row, done again for each mail."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="+", db_index=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    told_until = models.DateTimeField()
    """What is older was told."""
    telling_until = models.DateTimeField()
    """What is older is told by this mail; what is newer, by the next."""
    is_reminder = models.BooleanField(default=False)
    """An organiser asked for it: it says how much the person holds as well."""
    sent_at = models.DateTimeField(null=True, blank=True)
    """When the last mail was sent."""
    num_begun = models.PositiveSmallIntegerField(default=0)
    """How often it was handed to the mail server without our hearing what came of it."""

    class Meta(Job.Meta):
        constraints = (
            *Job.Meta.constraints,
            models.UniqueConstraint("project", "person", name="one_notice_per_project_and_person"),
        )
        indexes = (models.Index(fields=("state", "leased_until")),)
