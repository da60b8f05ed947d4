"""A subject's images with what the machine saw in them: the grid, and one image."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from curation.analysis.selectors import analysis_progress, faces_of, near_duplicates_of
from curation.http import signed_in
from curation.images.access import access_image
from curation.images.selectors import (
    images_from,
    neighbours_of,
    provenances_of,
    sources_with_counts,
)
from curation.projects.rules import ORGANISE
from curation.sources.models import Source
from curation.subjects.access import PicturesHidden, access_pictures
from curation.subjects.gate import is_covered
from curation.subjects.models import Act

IMAGES_PER_PAGE = 60


@login_required
@require_safe
def images(request: HttpRequest, project: str, subject: str) -> HttpResponse:
    """The subject's images by number, all or those of one source."""
    found = access_pictures(signed_in(request), project, subject, ORGANISE)
    sources = list(sources_with_counts(found))
    chosen = _chosen(sources, request.GET.get("source", ""))
    pages = Paginator(images_from(found, chosen), IMAGES_PER_PAGE)
    context = {
        "subject": found,
        "page": pages.get_page(request.GET.get("page")),
        "sources": sources,
        "chosen": chosen,
        "query": urlencode({"source": chosen.label}) if chosen else "",
        "progress": analysis_progress(found),
    }
    return render(request, "images/images.html", context)


def _chosen(sources: list[Source], label: str) -> Source | None:
    return next((source for source in sources if source.label == label), None)


@login_required
@require_safe
def image(request: HttpRequest, project: str, subject: str, number: int) -> HttpResponse:
    """One image: the picture with its faces, its number and name, and all places it comes from."""
    found = access_image(signed_in(request), project, subject, number)
    if not is_covered(found.subject, Act.CURATE):
        raise PicturesHidden
    before, after = neighbours_of(found)
    analysis, faces = faces_of(found)
    context = {
        "subject": found.subject,
        "image": found,
        "before": before,
        "after": after,
        "provenances": provenances_of(found),
        "analysis": analysis,
        "faces": faces,
        "near_duplicates": near_duplicates_of(found),
    }
    return render(request, "images/image.html", context)
