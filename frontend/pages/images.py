"""A subject's images in a grid; one image's page is `image.py`."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext

from curation.analysis.selectors import analysis_progress, analysis_troubles
from curation.analysis.try_analyses_again import try_analyses_again
from curation.projects.models import User
from curation.projects.permissions import ORGANISE
from curation.sources.models import Source
from curation.sources.selectors import images_from, sources_with_counts
from curation.subjects.access import access_pictures, access_subject
from frontend.addresses import address
from frontend.keyset import key_page
from frontend.person import page
from frontend.refusals import refusals_as_messages

IMAGES_PER_PAGE = 60


@page("GET")
def images(
    request: HttpRequest, person: User, project_slug: str, subject_slug: str
) -> HttpResponse:
    """The subject's images by number, all or those of one source."""
    subject = access_pictures(person, project_slug, subject_slug, ORGANISE)
    sources = list(sources_with_counts(subject))
    chosen = _chosen(sources, request.GET.get("source", ""))
    progress = analysis_progress(subject)
    context = {
        "subject": subject,
        "page": key_page(request, images_from(subject, chosen), key="number", size=IMAGES_PER_PAGE),
        "num_images": progress.collected if chosen is None else chosen.num_images,  # type: ignore[attr-defined]  # annotated
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


def _chosen(sources: list[Source], label: str) -> Source | None:
    return next((source for source in sources if source.label == label), None)
