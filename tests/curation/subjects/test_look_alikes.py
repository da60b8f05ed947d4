"""Look-alikes: who is easily taken for the subject, and how to tell."""

from __future__ import annotations

import pytest

from curation.errors import InvalidInput, NotAllowed, NotFound
from curation.projects.models import User
from curation.subjects.add_look_alike import add_look_alike
from curation.subjects.gate import ConsentMissing
from curation.subjects.models import Consent, LookAlike, Subject
from curation.subjects.remove_look_alike import remove_look_alike
from curation.subjects.served_copy import UnusablePicture
from tests.conftest import picture_bytes
from tests.stories.hostile_files import HOSTILE

ROOM = "/projects/fans/subjects/ada/"


def test_a_warning_needs_no_picture(subject: Subject, organiser: User) -> None:
    add_look_alike(subject=subject, name="Eve", how_to_tell="No moles.", actor=organiser)
    eve = LookAlike.objects.get()
    assert (eve.name, eve.how_to_tell, eve.sha256) == ("Eve", "No moles.", "")


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_picture_adds_nothing(subject: Subject, organiser: User, kind: str) -> None:
    with pytest.raises(UnusablePicture):
        add_look_alike(
            subject=subject,
            name="Eve",
            how_to_tell="No moles.",
            data=HOSTILE[kind],
            file_name="eve.jpg",
            actor=organiser,
        )
    assert not LookAlike.objects.exists()


def test_it_says_who_and_how(subject: Subject, organiser: User) -> None:
    for name, how in (("Eve", " "), ("", "No moles.")):
        with pytest.raises(InvalidInput):
            add_look_alike(subject=subject, name=name, how_to_tell=how, actor=organiser)


def test_a_picture_needs_consent_and_a_role(
    subject: Subject, organiser: User, volunteer: User
) -> None:
    given = {"subject": subject, "name": "Eve", "how_to_tell": "No moles."}
    with pytest.raises(NotAllowed):
        add_look_alike(**given, actor=volunteer)
    Consent.objects.all().delete()
    with pytest.raises(ConsentMissing):
        add_look_alike(**given, data=picture_bytes(), file_name="e.png", actor=organiser)
    add_look_alike(**given, actor=organiser)


def test_a_warning_taken_away(subject: Subject, organiser: User, volunteer: User) -> None:
    eve = add_look_alike(subject=subject, name="Eve", how_to_tell="No moles.", actor=organiser)
    with pytest.raises(NotAllowed):
        remove_look_alike(subject=subject, look_alike_id=eve.pk, actor=volunteer)
    remove_look_alike(subject=subject, look_alike_id=eve.pk, actor=organiser)
    with pytest.raises(NotFound):
        remove_look_alike(subject=subject, look_alike_id=eve.pk, actor=organiser)
