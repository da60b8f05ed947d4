"""Where things are on the site: the address of a page from the thing that it is about."""

from __future__ import annotations

from typing import Any, assert_never

from django.urls import reverse

from curation.batches.models import Batch
from curation.images.models import Image
from curation.projects.models import Project
from curation.releases.models import Release
from curation.subjects.models import Subject
from training.runs.models import Run

Thing = Project | Subject | Image | Batch | Release | Run


def address(page: str, thing: Thing, **rest: Any) -> str:
    """The address of the page with that name: `address("image", subject, number=3)`.

    The thing gives what leads to it, such as project, subject and number of a batch; `rest` is
    what the page asks for beyond that. In templates it is a tag of `{% load addresses %}`.
    """
    return reverse(page, kwargs={**_way_to(thing), **rest})


def _way_to(thing: Thing) -> dict[str, Any]:
    match thing:
        case Project():
            return {"project_slug": thing.slug}
        case Subject():
            return {**_way_to(thing.project), "subject_slug": thing.slug}
        case Image() | Batch() | Release():
            return {**_way_to(thing.subject), "number": thing.number}
        case Run():
            return {**_way_to(thing.project), "number": thing.number}
        case _:
            assert_never(thing)
