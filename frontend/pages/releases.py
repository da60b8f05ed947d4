"""What was frozen of a subject: the list, one release, its downloads."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render

from curation.images.selectors import images_of
from curation.projects import log
from curation.projects.models import User
from curation.projects.permissions import ORGANISE
from curation.releases.access import (
    access_release,
    access_release_bytes,
    require_bytes_exist,
    while_allowed,
)
from curation.releases.archive import archive_of, files_of, require_files_whole
from curation.releases.ask_for_release import ask_for_release
from curation.releases.errors import manifest_damaged, originals_only
from curation.releases.facts import Facts
from curation.releases.models import Release
from curation.releases.selectors import (
    DOWNLOAD_ORIGINALS,
    candidate_of,
    is_damage_seen,
    latest_freezing,
    manifest_bytes,
    manifest_of,
    purged_numbers,
    releases_of,
    takers_of_originals,
)
from curation.releases.stored_facts import facts_of
from curation.releases.summary import summarise
from curation.subjects.access import access_subject
from curation.subjects.gate import is_covered
from curation.subjects.models import Act
from frontend.addresses import address
from frontend.downloads import as_download
from frontend.person import page
from frontend.ranges import answer_in_part, asked_span, can_go_on
from frontend.refusals import refusals_as_messages

NUM_SAMPLES = 24


@page("GET", "POST")
def releases_page(
    request: HttpRequest, person: User, project_slug: str, subject_slug: str
) -> HttpResponse:
    """What was frozen of a subject so far, what freezing now would give, and how a freezing is."""
    subject = access_subject(person, project_slug, subject_slug, ORGANISE)
    if request.method == "POST":
        with refusals_as_messages(request):
            ask_for_release(subject=subject, actor=person)
        return redirect(address("releases", subject))
    freezing = latest_freezing(subject)
    is_under_way = freezing is not None and freezing.is_under_way
    # While one is frozen the page is asked for every second: nothing is compared then.
    candidate = None if is_under_way else candidate_of(subject)
    compared = candidate.compared if candidate else None
    context = {
        "subject": subject,
        "releases": releases_of(subject),
        "freezing": freezing,
        "is_under_way": is_under_way,
        "candidate": candidate,
        "summary": summarise(compared.manifest.entries) if compared else [],
        "may_freeze": is_covered(subject, Act.CURATE),
    }
    return render(request, "releases/releases.html", context)


@page("GET")
def release_page(
    request: HttpRequest, person: User, project_slug: str, subject_slug: str, number: int
) -> HttpResponse:
    """One release: what it holds, under which digest, and its downloads."""
    release = access_release(person, project_slug, subject_slug, number, ORGANISE)
    facts = facts_of(release)
    gone = purged_numbers(release, facts.numbers)
    present = [number for number in facts.numbers if number not in gone]
    context = {
        "subject": release.subject,
        "release": release,
        "facts": facts,
        "samples": images_of(release.subject).filter(number__in=spread(present, NUM_SAMPLES)),
        "gone": gone,
        "damage": _damage(release, facts),
        "takers": takers_of_originals(release),
        "may_show": is_covered(release.subject, Act.CURATE),
    }
    return render(request, "releases/release.html", context)


def _damage(release: Release, facts: Facts) -> str:
    """What is told where the stored manifest is damaged; blank where nothing is seen of that."""
    is_damaged = is_damage_seen(release, facts.manifest_bytes)
    return str(manifest_damaged(release.number).message) if is_damaged else ""


@page("GET")
def manifest_file(
    request: HttpRequest, person: User, project_slug: str, subject_slug: str, number: int
) -> HttpResponse:
    """The manifest exactly as it was frozen."""
    release = access_release(person, project_slug, subject_slug, number, ORGANISE)
    response = HttpResponse(
        manifest_bytes(release), content_type="application/jsonl; charset=utf-8"
    )
    return as_download(response, f"{_file_stem(release)}.manifest.jsonl")


@page("GET")
def zip_file(
    request: HttpRequest, person: User, project_slug: str, subject_slug: str, number: int
) -> HttpResponse | StreamingHttpResponse:
    """All images of the release without their metadata, as one zip; who takes it is on record."""
    release = access_release_bytes(person, project_slug, subject_slug, number, ORGANISE)
    return _zipped(request, person, release, originals=False)


@page("GET")
def originals_file(
    request: HttpRequest, person: User, project_slug: str, subject_slug: str, number: int
) -> HttpResponse | StreamingHttpResponse:
    """The same with all images as they were imported: an organiser's choice, on record."""
    release = access_release_bytes(person, project_slug, subject_slug, number, ORGANISE)
    return _zipped(request, person, release, originals=True)


def _zipped(
    request: HttpRequest, person: User, release: Release, *, originals: bool
) -> HttpResponse | StreamingHttpResponse:
    name = f"{_file_stem(release)}{'.originals' if originals else ''}.zip"
    manifest = manifest_of(release)
    if manifest.names_originals_alone and not originals:
        raise originals_only(release.number)
    archive = archive_of(manifest, subject_name=release.subject.name, originals=originals)
    part = {"etag": f'"{archive.identity}"', "content_type": _ZIP}
    if request.method == "HEAD":
        head = HttpResponse(content_type=_ZIP, headers={"Content-Length": archive.length})
        return as_download(can_go_on(head, etag=part["etag"]), name)
    require_bytes_exist(release, manifest)
    require_files_whole(files_of(manifest, originals=originals))
    span = asked_span(request, length=archive.length, etag=part["etag"])
    log.record(
        DOWNLOAD_ORIGINALS if originals else "release.download",
        actor=person,
        project=release.subject.project,
        target=release,
        **({"from_byte": span.first} if span and span.first else {}),
    )
    allowed = while_allowed(archive.pieces, release, person, ORGANISE)
    return as_download(answer_in_part(span, allowed, length=archive.length, **part), name)


_ZIP = "application/zip"


def spread(numbers: Sequence[int], most: int) -> list[int]:
    """At most `most` of the numbers, evenly spread from the first to the last."""
    if len(numbers) <= most:
        return list(numbers)
    return [numbers[index * (len(numbers) - 1) // (most - 1)] for index in range(most)]


def _file_stem(release: Release) -> str:
    return f"{release.subject.slug}-release-{release.number}"
