"""Addresses are made from the things that they are about, and every template asks for real ones."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.urls import get_resolver

from curation.batches.models import Batch
from curation.images.models import Image
from curation.subjects.models import Subject
from frontend.addresses import address
from tests.stories.everything import parameters_of, routes

ROUTES = set(routes(get_resolver().url_patterns))
TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
TAG = re.compile(r"{% address '(\w+)' [\w.]+((?: \w+=[\w.']+)*)(?: as \w+)? %}")
FROM_THE_THING = {"project_slug", "subject_slug", "number"}


def test_a_thing_gives_what_leads_to_it(subject: Subject) -> None:
    batch = Batch(subject=subject, number=4)
    assert address("members", subject.project) == "/projects/fans/members/"
    assert address("images", subject) == "/projects/fans/subjects/ada/images/"
    assert address("image", subject, number=3) == "/projects/fans/subjects/ada/images/3/"
    assert address("image", Image(subject=subject, number=7)).endswith("/images/7/")
    assert address("batch_decisions", batch).endswith("/batches/4/decisions/")


@pytest.mark.parametrize("template", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.name)
def test_templates_ask_for_pages_that_there_are(template: Path) -> None:
    text = template.read_text()
    tags = TAG.findall(text)
    assert len(tags) == text.count("{% address "), "a tag that this test cannot read"
    for page, rest in tags:
        assert page in ROUTES
        given = {pair.split("=")[0] for pair in rest.split()}
        asked = parameters_of(page)
        assert given <= asked, page
        assert asked - given <= FROM_THE_THING, page


def test_no_template_spells_out_what_a_thing_gives() -> None:
    for template in TEMPLATES.rglob("*.html"):
        assert ".slug" not in template.read_text(), template
