"""A subject's images in a grid; one image's page is `image.py`.

The grid itself is `frontend/src/grid`, which asks `frontend/api/grid.py`. Without JavaScript there
are pages by number.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from curation.analysis.selectors import analysis_progress, analysis_troubles
from curation.analysis.try_analyses_again import try_analyses_again
from curation.manual.selectors import changed_reasons, current_reasons, reason_titles
from curation.projects.models import User
from curation.projects.permissions import ORGANISE
from curation.projects.selectors import members_of
from curation.sources.models import Source
from curation.sources.selectors import images_from, sources_with_counts
from curation.subjects.access import access_pictures, access_subject
from curation.subjects.models import Subject
from frontend.addresses import address
from frontend.hint_words import suspicion_titles
from frontend.keyset import key_page
from frontend.person import page
from frontend.refusals import refusals_as_messages

IMAGES_PER_PAGE = 60


@page("GET")
def images(
    request: HttpRequest, person: User, project_slug: str, subject_slug: str
) -> HttpResponse:
    """The subject's images: the grid, and by number for browsers without JavaScript."""
    subject = access_pictures(person, project_slug, subject_slug, ORGANISE)
    sources = list(sources_with_counts(subject))
    chosen = _chosen(sources, request.GET.get("source", ""))
    progress = analysis_progress(subject)
    context = {
        "subject": subject,
        "page": key_page(request, images_from(subject, chosen), key="number", size=IMAGES_PER_PAGE),
        "num_collected": progress.collected,
        "setting": _setting(subject, sources),
        "sources": sources,
        "chosen": chosen,
        "query": urlencode({"source": chosen.label}) if chosen else "",
        "progress": progress,
        "troubles": [] if progress.is_finished else analysis_troubles(subject),
    }
    return render(request, "images/images.html", context)


@page("POST")
def analyses_again(
    request: HttpRequest, person: User, project_slug: str, subject_slug: str
) -> HttpResponse:
    """Have the pictures looked at again where that failed, soon."""
    subject = access_subject(person, project_slug, subject_slug, ORGANISE)
    with refusals_as_messages(request):
        num = try_analyses_again(subject=subject, actor=person)
        messages.success(
            request,
            ngettext(
                "%(count)d picture will be analysed again.",
                "%(count)d pictures will be analysed again.",
                num,
            )
            % {"count": num},
        )
    return redirect(address("images", subject))


def _setting(subject: Subject, sources: list[Source]) -> dict[str, Any]:
    """What the grid knows from the start: where it asks, and the choices that are rows."""
    titles = reason_titles(subject.project)
    return {
        "api": address("api_grid", subject),
        "pages": address("images", subject),
        "batches": address("batches", subject),
        "reasons": [
            {"value": each.code, "label": capfirst(each.title)}
            for each in current_reasons(subject.project)
        ],
        "choices": {
            "source": [
                {
                    "value": str(source.pk),
                    "name": source.label,
                    "label": f"{source.label} ({source.num_images})",  # type: ignore[attr-defined]  # annotated
                }
                for source in sources
            ],
            "suspected": [
                {"value": "any", "label": _("Any reason")},
                {"value": "none", "label": _("Nothing")},
                *(
                    {"value": reason, "label": title}
                    for reason, title in suspicion_titles(titles).items()
                ),
            ],
            "reason": [
                {"value": reason.value, "label": capfirst(title)}
                for reason, title in titles.items()
            ],
            "old_text": [
                {"value": str(each.pk), "label": capfirst(each.title)}
                for each in changed_reasons(subject.project)
            ],
            "person": [
                {"value": str(member.user_id), "label": str(member.user)}
                for member in members_of(subject.project)
            ],
        },
    }


def _chosen(sources: list[Source], given: str) -> Source | None:
    """The source that an address names, by its label, or as the grid does by its key."""
    return next((each for each in sources if given in (each.label, str(each.pk))), None)
