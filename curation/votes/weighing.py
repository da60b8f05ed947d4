"""What the votes on pictures come to where they count by their weight.

A picture's standing is a function of its votes, of the fit that it stands by, of what was frozen of
the machine's opinion, and of the secret by which some pictures are drawn to get their full votes.
docs/adr/0027-votes-by-their-weight.md
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db import connection

from curation.images.models import Image, Measures
from curation.manual.verdicts import Verdict
from curation.projects.models import Project
from curation.subjects.models import LookAlike, Subject
from curation.vision.hints import HINTS_VERSION
from curation.votes.aggregation.evidence import odds_of
from curation.votes.aggregation.stopping import is_watched, outcome, votes_wanted
from curation.votes.beliefs import Beliefs, Said, beliefs_of
from curation.votes.models import Fit, ImageTally, Vote
from curation.votes.voting_rule import Tally, Weighed

WEIGHTED_VERSION = "weighted 1"
"""Whoever changes the rule, or how it is fitted, writes another: a release names it."""


ROWS_AT_ONCE = 500
"""Rows that one statement writes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """All that weighing one picture needs besides its votes."""

    image_id: int
    subject_id: int
    watch_seed: str
    fit: str
    """The digest of the fit that it stands by; blank where there is none."""
    keep_score: float | None
    look_alike_near: bool
    packed: int | None
    """As it is stored; None where there is no row yet."""

    @property
    def is_watched(self) -> bool:
        return is_watched(str(self.image_id), seed=self.watch_seed)


def weighed(scale: Scale, votes: Sequence[Said], beliefs: Beliefs | None = None) -> Tally:
    """The votes on a picture, counted and weighed. Pure, but for finding the fit by its digest."""
    beliefs = beliefs or beliefs_of(scale.fit)
    odds = odds_of(
        beliefs.shares(look_alike_near=scale.look_alike_near),
        [beliefs.heard(vote) for vote in votes],
        machine=beliefs.machine(scale.keep_score),
        look_alike_near=scale.look_alike_near,
    )
    came = outcome(odds, watched=scale.is_watched)
    wanted = votes_wanted(odds, watched=scale.is_watched)
    said = Counter(verdict for _who, verdict, _codes in votes)
    return Tally(
        said[Verdict.KEEP], said[Verdict.REJECT], said[Verdict.UNSURE], Weighed(came, wanted)
    )


def scales_of(which: str, parameters: Sequence[Any]) -> Iterator[tuple[Scale, list[Said]]]:
    """Each picture with its votes, in the order of ids; `which` is SQL for the ids. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_SCALES.format(which=which), parameters)
        rows = cursor.fetchall()
    for _, of_one in groupby(rows, key=lambda row: row[0]):
        same = list(of_one)
        image, subject, seed, fit, score, near, packed = same[0][:7]
        scale = Scale(
            image_id=image,
            subject_id=subject,
            watch_seed=seed,
            fit=fit,
            keep_score=score,
            look_alike_near=bool(near),
            packed=packed,
        )
        yield scale, [(who, verdict, codes) for *_, who, verdict, codes in same if who is not None]


def keep_weights(found: Iterable[tuple[Scale, int]]) -> None:
    """Write what pictures' votes came to, packed, where that has changed."""
    changed = [(scale, packed) for scale, packed in found if scale.packed != packed]
    with connection.cursor() as cursor:
        for start in range(0, len(changed), ROWS_AT_ONCE):
            some = changed[start : start + ROWS_AT_ONCE]
            values = [
                value
                for scale, packed in some
                for value in (
                    *(scale.image_id, scale.subject_id, packed),
                    *(scale.keep_score, 0 if scale.keep_score is None else HINTS_VERSION),
                    scale.look_alike_near,
                )
            ]
            rows = ", ".join(["(%s, %s, %s, %s, %s, %s)"] * len(some))
            cursor.execute(_KEEP.format(rows=rows), values)


FROZEN_SCORE = "1 - measures.suspicion_alone"
"""How likely the machine holds `image` to be kept: by itself, whatever copies there are. `measures`
is its row of these, or none."""
FROZEN_NEAR = f"""(COALESCE(measures.near_another, FALSE) OR EXISTS (
        SELECT 1 FROM {LookAlike._meta.db_table} look_alike
        WHERE look_alike.subject_id = image.subject_id AND look_alike.sha256 = ''
    ))"""  # noqa: S608, tables of our own
"""Whether it may be a look-alike's. Of whom there is no picture, the machine can tell nowhere."""

_SCALES = f"""
    SELECT image.id, image.subject_id, project.watch_seed,
        COALESCE((
            SELECT fit.digest FROM {Fit._meta.db_table} fit
            WHERE fit.subject_id = image.subject_id AND fit.applied_to >= image.id
            ORDER BY fit.number DESC LIMIT 1
        ), ''),
        CASE WHEN tally.image_id IS NULL THEN {FROZEN_SCORE} ELSE tally.keep_score END,
        CASE WHEN tally.image_id IS NULL THEN {FROZEN_NEAR} ELSE tally.look_alike_near END,
        tally.packed, vote.volunteer_id, vote.verdict, vote.reason_codes
    FROM {Image._meta.db_table} image
    JOIN {Subject._meta.db_table} subject ON subject.id = image.subject_id
    JOIN {Project._meta.db_table} project ON project.id = subject.project_id
    LEFT JOIN {ImageTally._meta.db_table} tally ON tally.image_id = image.id
    LEFT JOIN {Measures._meta.db_table} measures ON measures.image_id = image.id
    LEFT JOIN {Vote._meta.db_table} vote ON vote.image_id = image.id
    WHERE image.id IN ({{which}})
    ORDER BY image.id, vote.volunteer_id
"""  # noqa: S608, tables of our own

_KEEP = f"""
    INSERT INTO {ImageTally._meta.db_table}
        (image_id, subject_id, packed, keep_score, scored_by, look_alike_near)
    VALUES {{rows}}
    ON CONFLICT (image_id) DO UPDATE SET packed = excluded.packed
"""  # noqa: S608, tables of our own
