"""What is odd in a pack that came back, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from curation.packs.sort_out import Odd, Report

PATHS_SHOWN = 50

_WORDS: dict[Odd, tuple[str | Promise, str | Promise]] = {
    Odd.OTHER_NUMBER: (
        _("The number was changed"),
        _("These files are other pictures of this pack, byte by byte. No vote is cast on either."),
    ),
    Odd.OTHER_CONTENT: (
        _("Another picture under this number"),
        _("These files look quite unlike the pictures of their numbers. No vote is cast on them."),
    ),
    Odd.UNPROVED: (
        _("Not as they were handed out"),
        _(
            "The slip was saved anew, so it is only sure of files that nobody has changed. No vote "
            "is cast on these, and none on what was deleted: judge it at the desk."
        ),
    ),
    Odd.TWICE: (
        _("One number in several places"),
        _("Their folders say different things, so no vote is cast on them."),
    ),
    Odd.UNKNOWN_FOLDER: (
        _("In a folder that is no reason"),
        _("No vote is cast on them. Name the folder like a reason of the manual."),
    ),
    Odd.COPY: (
        _("Second copies"),
        _("The picture counts where it lies itself; where only a copy is left, no vote is cast."),
    ),
    Odd.UNREADABLE: (
        _("Cannot be opened"),
        _("Damaged or locked by a password. No vote is cast on them."),
    ),
    Odd.FOREIGN: (
        _("Not of this pack"),
        _("No picture of this pack has such a number. They are ignored."),
    ),
}


@dataclass(frozen=True, slots=True)
class Told:
    """All files that are odd in one way."""

    title: str | Promise
    text: str | Promise
    paths: Sequence[str]
    num_more: int


def _line(report: Report) -> str:
    is_other = report.odd is Odd.OTHER_NUMBER and report.really is not None
    return f"{report.path} = {report.really:05d}" if is_other else report.path


def reports_in_words(reports: Sequence[Report]) -> list[Told]:
    """The reports by kind, those first that cost votes."""
    told = []
    for odd, (title, text) in _WORDS.items():
        paths = list(dict.fromkeys(_line(each) for each in reports if each.odd == odd))
        if paths:
            shown, more = paths[:PATHS_SHOWN], max(0, len(paths) - PATHS_SHOWN)
            told.append(Told(title, text, shown, more))
    return told
