"""Organisers read what the kept pictures cover, and what another person's have besides."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from curation.images.models import Image
from curation.projects.models import Project, User
from curation.subjects.models import Subject
from curation.subjects.withdraw_consent import withdraw_consent
from tests.conftest import make_consent
from tests.stories.releases import seen

PAGE = "/projects/fans/subjects/ada/coverage/"
KeptImage = Callable[..., Image]


@pytest.fixture
def as_organiser(client: Client, organiser: User) -> Client:
    client.force_login(organiser)
    return client


def test_the_page_counts_what_is_kept_and_leads_to_the_pictures(
    as_organiser: Client, kept_image: KeptImage
) -> None:
    assert "No picture is kept yet" in as_organiser.get(PAGE).content.decode()
    seen(kept_image("weibo"), yaw=-70, brightness=0.2)
    seen(kept_image("weibo"), yaw=0)
    text = as_organiser.get(PAGE).content.decode()
    assert "No right profiles: the edge of the swapped face will flicker there." in text
    assert "Few left profiles (1):" in text
    assert "/images/?state=kept&amp;yaw=left_profile&amp;pitch=level" in text
    assert "500 to 5,000 pictures of a person are wanted" in text


def test_another_person_gives_a_list_of_what_to_look_for(
    as_organiser: Client,
    project: Project,
    admin: User,
    make_image: Callable[..., Image],
    keep: Callable[[Image], None],
    found_in: Callable[[Image, str], None],
    kept_image: KeptImage,
) -> None:
    seen(kept_image("weibo"), yaw=0)
    bob = Subject.objects.create(project=project, slug="bob", name="Bob")
    consent = make_consent(bob, admin)
    for _n in range(6):
        image = make_image(of=bob)
        keep(image)
        found_in(image, "scan")
        seen(image, yaw=70, brightness=0.1)
    text = as_organiser.get(f"{PAGE}?against=bob").content.decode()
    assert "Right profile, level, dark: Bob has 6, this set has none." in text
    withdraw_consent(consent=consent, actor=admin)
    assert "Bob" not in as_organiser.get(f"{PAGE}?against=bob").content.decode()
