"""The buttons by which an organiser makes one picture gold, on its page."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client
from django.utils import timezone

from curation.gold.models import Gold
from curation.images.models import Image
from curation.projects.models import User
from curation.subjects.models import Subject
from frontend.addresses import address
from tests.stories.batches import cut, hand_out, items_of

MakeImage = Callable[..., Image]


def said_of(browser: Client, image: Image, person: User, act: str = "mark_gold") -> str:
    """What the page says once the button was pressed."""
    given = {"person": person.pk, "verdict": "keep"}
    url = address(act, image.subject, number=image.number)
    return browser.post(url, given, follow=True).content.decode()


def test_whoever_may_not_make_a_picture_gold_is_told_why(
    client: Client, subject: Subject, organiser: User, make_image: MakeImage
) -> None:
    client.force_login(organiser)
    batch = cut(subject, make_image, num=3, by=organiser)
    free, purged, held = (item.image for item in items_of(batch))
    Image.objects.filter(pk=purged.pk).update(purged_at=timezone.now())
    assert "Picture 00001 is gold now." in said_of(client, free, organiser)
    for act in ("mark_gold", "unmark_gold"):
        said = said_of(client, purged, organiser, act)
        assert "This picture was purged, so nothing was changed." in said
        assert "You are to judge" not in said
    hand_out(batch, organiser, by=organiser)
    assert "You are to judge this picture yourself first." in said_of(client, held, organiser)
    assert [gold.image_id for gold in Gold.objects.all()] == [free.pk]
