"""Ten fans and what they say, for stories of whom to believe."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from curation.manual.reasons import Reason
from curation.votes.aggregation.answers import ANSWERS, TRUTHS, said, truths_of
from curation.votes.aggregation.carry_over import first_prior
from curation.votes.aggregation.dawid_skene import Fit, Known, Prior, Votes, dawid_skene

Said = tuple[int, int, Sequence[Reason]]
"""The picture, the person, and the reasons; none to keep it."""

NUM_PEOPLE = 10


def votes_of(said_of: Iterable[Said]) -> Votes:
    rows = list(said_of)
    return Votes(
        np.array([picture for picture, _, _ in rows], np.intp),
        np.array([person for _, person, _ in rows], np.intp),
        np.array([said("reject" if reasons else "keep", reasons) for *_, reasons in rows]).reshape(
            -1, len(ANSWERS)
        ),
    )


def fit_of(
    said_of: Iterable[Said],
    num_pictures: int,
    *,
    gold: Mapping[int, Sequence[Reason]] | None = None,
    near: Iterable[int] = (),
    prior: Prior | None = None,
) -> Fit:
    """The fit, where the truth of gold is known and a look-alike is near some pictures."""
    strata = np.isin(np.arange(num_pictures), list(near)).astype(np.intp)
    truths = np.zeros((num_pictures, len(TRUTHS)))
    for picture, reasons in (gold or {}).items():
        truths[picture] = truths_of(reasons, look_alike_near=bool(strata[picture]))
    known = Known(strata, np.zeros_like(truths), truths)
    return dawid_skene(votes_of(said_of), known, prior or first_prior(NUM_PEOPLE))
