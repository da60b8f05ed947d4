"""Home offers what the desk opens, and of the rest says why not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from itertools import product

from django.test import Client
from django.utils import timezone

from curation.batches.models import Assignment, Batch
from curation.images.models import Image
from curation.projects.models import Membership, Project, User
from curation.subjects.models import Consent, Subject
from tests.conftest import make_consent
from tests.stories.batches import cut, hand_out

NOW = timezone.now()
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
TODAY = NOW.date()

WHY = {
    "batch_closed": "The organiser has closed this batch.",
    "lease_expired": "Your lease on this batch has ended.",
    "consent_missing": "These pictures are hidden",
}


def test_in_every_state_of_things_home_agrees_with_the_desk(
    project: Project,
    subject: Subject,
    organiser: User,
    volunteer: User,
    make_image: Callable[..., Image],
) -> None:
    batch = cut(subject, make_image, num=1, by=organiser)
    hand_out(batch, volunteer, by=organiser)
    membership = Membership.objects.get(user=volunteer)
    elsewhere = Project.objects.create(slug="elsewhere", name="Elsewhere")
    client = Client(headers={"accept-language": "en"})
    client.force_login(volunteer)
    room = f"/projects/fans/subjects/ada/batches/{batch.number}/"
    seen = set()
    for returned, until, closed, withdrawn, curate, (start, end), member in product(
        (None, NOW - HOUR),
        (NOW - HOUR, NOW + DAY),
        (None, NOW - HOUR),
        (None, NOW - HOUR),
        (True, False),
        ((TODAY - DAY, None), (TODAY, TODAY), (TODAY - DAY, TODAY - DAY), (TODAY + DAY, None)),
        (True, False),
    ):
        Assignment.objects.update(returned_at=returned, leased_until=until)
        Batch.objects.update(closed_at=closed)
        Consent.objects.update(
            withdrawn_at=withdrawn,
            withdrawn_by=organiser if withdrawn else None,
            covers_curate=curate,
            valid_from=start,
            valid_until=end,
        )
        Membership.objects.filter(pk=membership.pk).update(project=project if member else elsewhere)
        home = client.get("/").content.decode()
        opens = client.get(f"{room}desk/").status_code == 200
        answer = client.get(f"/api/v1/batches/{batch.pk}/desk")
        lease = client.get(f"/api/v1/batches/{batch.pk}/lease")
        code = "" if opens else answer.json()["code"]
        assert (answer.status_code == 200) == opens == (lease.status_code == 204)
        assert opens or lease.json()["code"] == code
        assert (f'href="{room}desk/"' in home) == opens
        told = {why for why, words in WHY.items() if words in home}
        assert told == ({code} & WHY.keys())
        page = client.get(room).content.decode()
        assert (f'href="{room}desk/"' in page) == opens
        seen.add(code)
    assert seen == {"", "not_assigned", "not_found", *WHY}


def test_the_next_batch_at_the_end_of_the_desk_is_one_that_opens(
    project: Project,
    subject: Subject,
    organiser: User,
    admin: User,
    volunteer: User,
    make_image: Callable[..., Image],
) -> None:
    batch = cut(subject, make_image, num=1, by=organiser)
    bob = Subject.objects.create(project=project, slug="bob", name="Bob")
    make_consent(bob, admin)
    hidden = cut(bob, make_image, num=1, by=organiser)
    for each in (batch, hidden):
        hand_out(each, volunteer, by=organiser)
    client = Client()
    client.force_login(volunteer)
    standing = f"/api/v1/batches/{batch.pk}/standing"
    assert client.get(standing).json()["next_batch"]["subject"] == "Bob"
    bob.consents.update(withdrawn_at=NOW, withdrawn_by=admin)
    assert client.get(standing).json()["next_batch"] is None
