"""The summary says what the rules say of each picture, as far as the viewer may know it."""

from __future__ import annotations

from collections import Counter

import pytest

from config.scale.make import Scale, make_scale_data
from curation.consensus.blind import blindfolds_of
from curation.consensus.selectors import decisions_on
from curation.consensus.settle import settle
from curation.images.models import Image
from curation.manual.reasons import Reason
from curation.manual.verdicts import Verdict
from curation.projects.models import User
from curation.releases.summary_now import people_to_thank, rejected_by_reason, votes_spent
from curation.subjects.models import Subject
from curation.votes.models import Vote
from curation.votes.voting_rule import Outcome

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("who", ["scale-admin", "scale-1"])
def test_reasons_votes_and_people_are_those_of_the_decisions(who: str) -> None:
    make_scale_data(Scale(images=300, subjects=2, judged=0.6, seed=3), report=lambda _: None)
    subject = Subject.objects.get(slug="scale-1")
    viewer = User.objects.get(username=who)
    images = Image.objects.filter(subject=subject)
    voted = images.filter(votes__verdict=Verdict.REJECT).order_by("number")[0]
    admin = User.objects.get(username="scale-admin")
    settle(image=voted, verdict=Verdict.REJECT, reasons=[Reason.REPHOTO], actor=admin)
    Image.objects.filter(pk=images.order_by("-number")[0].pk).update(purged_at="2026-01-01T00:00Z")

    hidden = {pk for pk, each in blindfolds_of(viewer, images).items() if each.hides_votes}
    named: Counter[Reason] = Counter()
    for decision in decisions_on(images):
        if decision.outcome is Outcome.REJECTED and decision.image_id not in hidden:
            named.update(set(decision.ruling.reasons if decision.ruling else decision.reasons))
    found = rejected_by_reason(subject, viewer)
    assert dict(found) == dict(named)
    assert [num for _reason, num in found] == sorted(named.values(), reverse=True)
    assert (Reason.REPHOTO in named) or voted.pk in hidden

    votes = Vote.objects.filter(image__subject=subject, image__purged_at=None)
    spent = votes_spent(subject)
    assert spent.num_votes == votes.count() > 0
    assert spent.num_judged == votes.values("image").distinct().count()
    names = set(votes.values_list("volunteer__username", flat=True))
    assert people_to_thank(subject) == sorted(names)
