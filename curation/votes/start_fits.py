"""See to it that a subject's votes are weighed by a fit that knows of most of them."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from curation.batches.lock import lock_subject
from curation.errors import Conflict
from curation.jobs import JobState
from curation.projects import log
from curation.projects.access import require
from curation.projects.models import Project, Rule, User
from curation.projects.permissions import ORGANISE
from curation.queue import enqueue
from curation.subjects.gate import covered, require_consent
from curation.subjects.models import Act, Subject
from curation.votes.models import Fit, VoteEvent
from curation.votes.tasks import fit_votes_task

SECONDS_BETWEEN_LOOKS = 60.0
FIRST_AT = 20
"""Votes that the first fit of a subject waits for, and the fewest that any other does."""
SHARE, MANY = 0.1, 200
"""So many more, or this many, whichever is less, are worth a new fit."""
PAUSE = dt.timedelta(minutes=10)
"""Between two fits that nobody asked for: of 600,000 votes one takes half a minute."""


class NoWeights(Conflict):
    """The project has two equal votes decide: nothing is weighed."""

    code = "no_weights"


@transaction.atomic
def ask_for_fit(*, subject: Subject, actor: User | None) -> Fit:
    """An organiser has the subject's votes weighed anew; the fit under way, if there is one.

    Raises NotAllowed, ConsentMissing or NoWeights.
    """
    require(actor, ORGANISE, subject.project)
    require_consent(subject, Act.CURATE)
    if Project.objects.get(pk=subject.project_id).rule != Rule.WEIGHTED:
        raise NoWeights(_("In this project two equal votes decide; none is weighed."))
    fit = _started(subject, asked_by=actor)
    log.record("votes.fit", actor=actor, project=subject.project, target=subject, fit=fit.number)
    return fit


class Fits:
    """Looks now and then whether there are enough new votes; queries nothing in between."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._looked_at = -float("inf")

    def __call__(self) -> int:
        """Queue a fit for each subject where one is due; returns how many."""
        if self._clock() - self._looked_at < SECONDS_BETWEEN_LOOKS:
            return 0
        self._looked_at = self._clock()
        subjects = Subject.objects.filter(covered(Act.CURATE), project__rule=Rule.WEIGHTED)
        due = [subject for subject in subjects.order_by("pk") if is_due(subject)]
        for subject in due:
            with transaction.atomic():
                lock_subject(subject.pk)
                _started(subject, asked_by=None)
        return len(due)


def is_due(subject: Subject) -> bool:
    """Whether there are many new votes since the newest fit, and none is under way. Two queries."""
    newest = Fit.objects.filter(subject=subject).defer("data").order_by("-number").first()
    since, wanted = 0, FIRST_AT
    if newest is not None:
        if newest.state in (JobState.WAITING, JobState.RUNNING):
            return False
        if newest.made_at is not None and timezone.now() - newest.made_at < PAUSE:
            return False
        since = newest.last_event
        wanted = min(MANY, max(FIRST_AT, round(SHARE * newest.num_votes)))
    new = VoteEvent.objects.filter(image__subject=subject, pk__gt=since).order_by()
    return len(new.values_list("pk")[:wanted]) == wanted


def _started(subject: Subject, *, asked_by: User | None) -> Fit:
    """A new fit in the queue, unless one is under way. Call it behind the subject's lock."""
    fits = Fit.objects.filter(subject=subject).defer("data")
    under_way = fits.filter(state__in=(JobState.WAITING, JobState.RUNNING)).first()
    if under_way is not None:
        return under_way
    fit = Fit.objects.create(
        subject=subject,
        number=1 + (fits.aggregate(last=Max("number"))["last"] or 0),
        asked_by=asked_by,
        last_event=VoteEvent.objects.aggregate(last=Max("pk"))["last"] or 0,
    )
    enqueue(fit, fit_votes_task)
    return fit
