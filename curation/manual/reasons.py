"""The cleaning manual's reasons to reject a picture, in the order of their keys 1 to 7."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

MANUAL_VERSION = 1
"""Kept with every vote: which text the volunteer judged by."""


class Reason(models.TextChoices):
    SUBJECT_ABSENT = "subject_absent", _("not this person")
    OTHER_FACE = "other_face", _("somebody else in it")
    BLURRY = "blurry", _("too blurry")
    COVERED = "covered", _("face covered")
    DRAWN = "drawn", _("game card or drawn")
    REPHOTO = "rephoto", _("photo of a photo")
    DUPLICATE = "duplicate", _("duplicate")


def join_reasons(reasons: list[Reason]) -> str:
    """Reasons as they are stored: each once, in the manual's order, joined by commas."""
    return ",".join(reason.value for reason in Reason if reason in reasons)


def split_reasons(stored: str) -> list[Reason]:
    """The inverse of `join_reasons`."""
    return [Reason(code) for code in stored.split(",") if code]
