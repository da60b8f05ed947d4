"""The figures of quality as a table, for whoever wants to look into them elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

from curation.consensus.quality.figures import quality_of
from curation.consensus.quality.judgements import judgements_on
from curation.consensus.quality.kappa import Kappa
from curation.consensus.quality.selectors import names_of
from curation.projects import log
from curation.projects.access import require
from curation.projects.models import User
from curation.projects.permissions import ORGANISE
from curation.subjects.models import Subject

IN_THE_TABLE = 50_000
"""So many pictures at most: more tell nothing else, and take memory."""
COLUMNS = (
    *("about", "name", "pictures", "kappa", "kappa_low", "kappa_high"),
    *("said_by_both", "kept", "overlooked", "overstrict", "most_overlooked"),
)

Row = tuple[str | int, ...]


def export_quality(*, subject: Subject, actor: User) -> Iterator[Row]:
    """Put on record that the figures are taken, and give them. Raises NotAllowed."""
    require(actor, ORGANISE, subject.project)
    log.record("quality.export", actor=actor, project=subject.project, target=subject)
    return _table(subject)


def _table(subject: Subject) -> Iterator[Row]:
    """`COLUMNS`, a row for keep or reject, one for each reason, one for each volunteer."""
    judgements = judgements_on(subject, at_most=IN_THE_TABLE)
    quality = quality_of(judgements.pictures)
    names = names_of(row.person_id for row in quality.volunteers)
    yield COLUMNS
    yield ("all", "keep or reject", len(judgements.pictures), *_cells(quality.keep_or_reject), *_NO)
    for reason in quality.reasons:
        yield ("reason", reason.key, reason.num, *_cells(reason.kappa), reason.both, *_NO[1:])
    for one in quality.volunteers:
        errors = one.num_kept, one.overlooked, one.overstrict, one.most_overlooked or ""
        yield ("volunteer", names[one.person_id], one.num, *_cells(one.kappa), "", *errors)


_NO = ("",) * 5


def _cells(kappa: Kappa | None) -> tuple[str, str, str]:
    if kappa is None:
        return "", "", ""
    return f"{kappa.value:.3f}", f"{kappa.low:.3f}", f"{kappa.high:.3f}"
