"""Find out whom of a subject's voters to believe, and weigh its pictures by it. Safe to run again.

Votes are read and fitted behind no lock. Then the pictures are weighed anew piece by piece, each
piece behind the subject's lock, which votes wait for a moment. Up to where the fit has come
stands in its row, changed together with each piece, so at any time each picture stands by exactly
one fit; a worker that takes over goes on from there.
"""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from curation.batches.lock import lock_subject
from curation.jobs import JobState, LeaseLost, work_on
from curation.votes.aggregation.dawid_skene import dawid_skene
from curation.votes.beliefs import Beliefs, digest_of
from curation.votes.fit_inputs import inputs_of
from curation.votes.models import ALL, Fit, ImageTally
from curation.votes.tallies import next_tallied, recount_ids, rule_of
from curation.votes.weighing import WEIGHTED_VERSION

AT_ONCE = 1000
"""Pictures that are weighed behind the lock at a time: about a tenth of a second."""
TOLERANCE = 1e-4
"""A picture's odds that move less do not count."""


def fit_votes(*, fit_id: int) -> None:
    """Make the fit and weigh by it."""
    work_on(Fit, fit_id, _fit)


def _fit(fit: Fit) -> None:
    if not fit.digest:
        _make(fit)
    while _weigh_some(fit):
        fit.renew()
    fit.finish(JobState.DONE)


def _make(fit: Fit) -> None:
    inputs = inputs_of(fit.subject)
    fit.renew()
    matrices = dawid_skene(
        inputs.votes, inputs.known, inputs.prior, tolerance=TOLERANCE, after_each=fit.renew
    )
    beliefs = Beliefs.of(matrices, inputs.prior, inputs.people, inputs.base)
    data = beliefs.as_bytes()
    fit.renew(
        rule_version=WEIGHTED_VERSION,
        inputs_sha256=inputs.digest(),
        earlier=inputs.earlier,
        num_votes=inputs.num_votes,
        num_gold=inputs.num_gold,
        last_event=inputs.last_event,
        made_at=timezone.now(),
        data=data,
        digest=digest_of([data]),
    )


@transaction.atomic
def _weigh_some(fit: Fit) -> bool:
    """Weigh the next pictures; False when it were the last. Raises LeaseLost."""
    lock_subject(fit.subject_id)
    if not fit.is_still_mine():
        raise LeaseLost
    before = fit.applied_to
    ids = next_tallied(fit.subject_id, after=before, size=AT_ONCE)
    fit.renew(applied_to=ids[-1] if ids else ALL)
    _look_for_look_alikes(fit, ids)
    recount_ids(ids, rule_of(fit.subject_id))
    return bool(ids)


def _look_for_look_alikes(fit: Fit, ids: list[int]) -> None:
    """Note where one is known to be near by now."""
    tallies = ImageTally.objects.filter(image__in=ids, look_alike_near=False)
    if not fit.subject.look_alikes.filter(sha256="").exists():
        tallies = tallies.filter(image__measures__near_another=True)
    tallies.update(look_alike_near=True)
