"""A subject's images in a grid. One image's page stands in the stage that knows its votes."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from curation.analysis.selectors import analysis_progress
from curation.projects.permissions import ORGANISE
from curation.projects.signed_in import signed_in
from curation.sources.models import Source
from curation.sources.selectors import images_from, sources_with_counts
from curation.subjects.access import access_pictures

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
