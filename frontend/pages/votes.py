"""Every vote on a subject's pictures, as a table for spreadsheets."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse

from curation.consensus.votes_table import export_votes
from curation.projects.models import User
from curation.projects.permissions import ORGANISE
from curation.subjects.access import access_subject
from frontend.downloads import CSV, as_table
from frontend.person import page


@page("GET")
def votes_file(
    request: HttpRequest, person: User, project_slug: str, subject_slug: str
) -> HttpResponse | StreamingHttpResponse:
    """The table as far as the person may see votes; that it was taken is on record."""
    subject = access_subject(person, project_slug, subject_slug, ORGANISE)
    if request.method == "HEAD":
        return HttpResponse(content_type=CSV)
    rows = export_votes(subject=subject, actor=person)
    return as_table(rows, f"{subject.slug}-votes.csv")
