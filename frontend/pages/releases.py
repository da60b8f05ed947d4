"""What was frozen of a subject: the list, one release, its downloads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.text import capfirst

from curation.consensus.selectors import state_counts
from curation.images.selectors import images_of
from curation.manual.selectors import reason_titles
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
from curation.releases.candidate import candidate_of
from curation.releases.covered_now import sources_now
from curation.releases.errors import ManifestDamaged, manifest_damaged, originals_only
from curation.releases.facts import Change, Facts, came_and_went
from curation.releases.models import Release
from curation.releases.preview import Preview, preview_of, spread
from curation.releases.selection import Selection
from curation.releases.selectors import (
    DOWNLOAD,
    DOWNLOAD_ORIGINALS,
    downloads_of,
    is_damage_seen,
    latest_freezing,
    manifest_bytes,
    manifest_of,
    purged_numbers,
    releases_of,
)
from curation.releases.stored_facts import facts_of
from curation.releases.summary_now import people_to_thank, rejected_by_reason, votes_spent
from curation.subjects.access import access_pictures, access_subject
from curation.subjects.gate import is_covered
from curation.subjects.models import Act
from frontend.addresses import address
from frontend.coverage_words import LEFT
from frontend.downloads import as_download
from frontend.forms.releases import SUGGESTED, SelectionForm
from frontend.person import page
from frontend.ranges import answer_in_part, asked_span, can_go_on
from frontend.refusals import refusals_as_messages

NUM_SAMPLES = 24
SHORT = 0.8
"""Where less than this part of what should be held out could be, that is told."""


@page("GET", "POST")
def releases_page(
    request: HttpRequest, person: User, project_slug: str, subject_slug: str
) -> HttpResponse:
    """What was frozen of a subject so far, what freezing now would give, and how a freezing is."""
    subject = access_subject(person, project_slug, subject_slug, ORGANISE)
    if request.method == "POST":
        form = SelectionForm(request.POST)
        if not form.is_valid():
            return redirect(f"{address('build_release', subject)}?{_query(request.POST)}")
        with refusals_as_messages(request):
            ask_for_release(subject=subject, actor=person, selection=form.selection())
        return redirect(address("releases", subject))
    freezing = latest_freezing(subject)
    is_under_way = freezing is not None and freezing.is_under_way
    # While one is frozen the page is asked for every second: nothing is compared then.
    candidate = None if is_under_way else candidate_of(subject)
    context = {
        "subject": subject,
        "releases": releases_of(subject),
        "freezing": freezing,
        "is_under_way": is_under_way,
        "candidate": candidate,
        "may_freeze": is_covered(subject, Act.CURATE),
    }
    return render(request, "releases/releases.html", context)


@page("GET")
def summary(
    request: HttpRequest, person: User, project_slug: str, subject_slug: str
) -> HttpResponse:
    """What the work has come to: valid samples by source, what was rejected, whom to thank."""
    subject = access_pictures(person, project_slug, subject_slug, ORGANISE)
    titles = reason_titles(subject.project)
    context = {
        "subject": subject,
        "sources": sources_now(subject, person),
        "states": state_counts(subject),
        "reasons": [
            {"title": capfirst(titles[reason]), "code": reason.value, "num": num}
            for reason, num in rejected_by_reason(subject, person)
        ],
        "spent": votes_spent(subject),
        "people": people_to_thank(subject),
    }
    return render(request, "releases/summary.html", context)


@page("GET")
def build_release(
    request: HttpRequest, person: User, project_slug: str, subject_slug: str
) -> HttpResponse:
    """Settings for a release, and what they would take and leave out now."""
    subject = access_pictures(person, project_slug, subject_slug, ORGANISE)
    form = SelectionForm(request.GET or SUGGESTED.model_dump())
    selection = form.selection() if form.is_valid() else None
    preview = preview_of(subject, selection, viewer=person) if selection else None
    context = {
        "subject": subject,
        "form": form,
        "selection": selection,
        "query": _query(form.data),
        "preview": preview,
        "left": _left(preview) if preview else [],
        "num_wanted_held_out": _wanted_held_out(selection, preview),
    }
    return render(request, "releases/build.html", context)


@page("GET")
def confirm_release(
    request: HttpRequest, person: User, project_slug: str, subject_slug: str
) -> HttpResponse:
    """The last word before a release is frozen: what it would hold, and what speaks against it."""
    subject = access_pictures(person, project_slug, subject_slug, ORGANISE)
    form = SelectionForm(request.GET)
    if not form.is_valid():
        return redirect(f"{address('build_release', subject)}?{_query(request.GET)}")
    selection = form.selection()
    preview = preview_of(subject, selection, viewer=person)
    context = {
        "subject": subject,
        "selection": selection,
        "given": [(key, value) for key, value in form.data.items() if key in form.fields],
        "query": _query(form.data),
        "preview": preview,
        "left": _left(preview),
        "num_wanted_held_out": _wanted_held_out(selection, preview),
    }
    return render(request, "releases/confirm.html", context)


def _query(data: Mapping[str, Any]) -> str:
    """The settings of a form as the query of an address."""
    return urlencode({key: data[key] for key in SelectionForm.base_fields if data.get(key)})


def _left(preview: Preview) -> list[dict[str, Any]]:
    return [
        {"why": LEFT[why], "num": num, "images": preview.left.get(why, ())}
        for why, num in preview.num_left.items()
    ]


def _wanted_held_out(selection: Selection | None, preview: Preview | None) -> int:
    """How many should be held out, where it came to fewer."""
    if selection is None or preview is None:
        return 0
    wanted = preview.num_taken * selection.held_out // 100
    return wanted if preview.num_held_out < wanted * SHORT else 0


@page("GET")
def release_page(
    request: HttpRequest, person: User, project_slug: str, subject_slug: str, number: int
) -> HttpResponse:
    """One release: what it holds, under which digest, and its downloads."""
    release = access_release(person, project_slug, subject_slug, number, ORGANISE)
    facts = facts_of(release)
    others = [each for each in releases_of(release.subject) if each.pk != release.pk]
    other = next((each for each in others if str(each.number) == request.GET.get("against")), None)
    gone = purged_numbers(release, facts.numbers)
    present = [number for number in facts.numbers if number not in gone]
    context = {
        "subject": release.subject,
        "release": release,
        "facts": facts,
        "samples": images_of(release.subject).filter(number__in=spread(present, NUM_SAMPLES)),
        "gone": gone,
        "damage": _damage(release, facts),
        "others": others,
        "other": other,
        "against": _against(other, facts) if other else None,
        "downloads": [
            {"act": each, "is_original": each.action == DOWNLOAD_ORIGINALS}
            for each in downloads_of(release)
        ],
        "may_show": is_covered(release.subject, Act.CURATE),
    }
    return render(request, "releases/release.html", context)


def _against(other: Release, facts: Facts) -> Change | None:
    """What came and went since another release; None where that one's manifest is damaged."""
    try:
        older = facts_of(other)
    except ManifestDamaged:
        return None
    change = came_and_went(other.number, older.numbers, facts.numbers)
    return replace(change, rule_changed=older.rule != facts.rule)


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
    if span is not None:
        log.record(
            DOWNLOAD_ORIGINALS if originals else DOWNLOAD,
            actor=person,
            project=release.subject.project,
            target=release,
            **({"from_byte": span.first} if span.first else {}),
        )
    allowed = while_allowed(archive.pieces, release, person, ORGANISE)
    return as_download(answer_in_part(span, allowed, length=archive.length, **part), name)


_ZIP = "application/zip"


def _file_stem(release: Release) -> str:
    return f"{release.subject.slug}-release-{release.number}"
