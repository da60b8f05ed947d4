"""The action log: who did what to what. Rows are added, never changed."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models

from curation.projects.models import Project, User


class ActionLog(models.Model):
    """One act of a person, kept for ever, also when what it was about is gone."""

    at = models.DateTimeField(auto_now_add=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    """None when the command line or a background process acted."""
    project = models.ForeignKey(Project, models.PROTECT, related_name="log")
    action = models.CharField(max_length=40)
    """Stage and verb, such as `release.freeze`."""
    target = models.CharField(max_length=200)
    """What it was done to, in words that stay readable, such as `ada / release 3`."""
    details = models.JSONField(default=dict)

    class Meta:
        app_label = "curation"
        ordering = ("-id",)
        indexes = (models.Index(fields=("project", "-id")),)

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("The action log is append-only.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("The action log is append-only.")


def record(
    action: str, *, actor: User | None, project: Project, target: object, **details: Any
) -> None:
    """Add a line to the log, inside the transaction of the act itself."""
    ActionLog.objects.create(
        action=action, actor=actor, project=project, target=str(target)[:200], details=details
    )
