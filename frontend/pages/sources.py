"""Where a subject's pictures come from: sources, uploads, imports."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import TooManyFilesSent
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from curation import store
from curation.jobs import JobState
from curation.projects.models import User
from curation.projects.permissions import ORGANISE
from curation.sources.access import access_import
from curation.sources.answer_import import answer_import
from curation.sources.cancel_import import cancel_import
from curation.sources.kinds.upload import Upload, new_upload
from curation.sources.models import ImportRun
from curation.sources.receive_upload import MAX_UPLOAD_BYTES, MAX_UPLOAD_FILES, ReceiveUpload
from curation.sources.selectors import (
    FileKind,
    files_after,
    import_report,
    imports_of,
    sources_with_counts,
)
from curation.sources.start_fetch import start_bucket_import, start_web_import
from curation.sources.start_upload import start_upload
from curation.sources.try_import_again import try_import_again
from curation.subjects.access import access_subject
from curation.subjects.gate import is_covered
from curation.subjects.models import Act, Subject
from curation.uploads.access import access_upload
from curation.uploads.import_upload import import_upload
from curation.uploads.selectors import left_over
from frontend.addresses import address
from frontend.forms.sources import (
    LANGUAGES,
    AnswerForm,
    BucketForm,
    FilmForm,
    UploadForm,
    WebForm,
)
from frontend.numbers import number_in
from frontend.person import page
from frontend.refusals import refusals_as_messages, refusals_in_form

IMPORTS_SHOWN = 20
WEB_FILMS, BUCKET_FILMS = "web_films", "bucket_films"
UNFINISHED = (JobState.WAITING, JobState.RUNNING)


@csrf_exempt  # only so far: `_receive` is protected, once the files have a place to go to
@page("GET", "POST")
def sources(
    request: HttpRequest, person: User, project_slug: str, subject_slug: str
) -> HttpResponse:
    """The subject's sources and imports, and the form that sends more pictures."""
    subject = access_subject(person, project_slug, subject_slug, ORGANISE)
    if request.method != "POST":
        return _show(request, person, subject)
    if not is_covered(subject, Act.CURATE):  # the page says so; no byte was received
        return _show(request, person, subject)
    num_bytes = int(request.META.get("CONTENT_LENGTH") or 0)
    if num_bytes > MAX_UPLOAD_BYTES:
        messages.error(request, _("That is more than 4 GB at once. Send it in several parts."))
        return redirect(address("sources", subject))
    store.require_room(num_bytes)
    with ExitStack() as stack:
        upload = new_upload()
        stack.callback(upload.discard)
        request.upload_handlers = [ReceiveUpload(upload)]
        try:
            response = _receive(request, person, subject, upload)
        except TooManyFilesSent:
            text = _("Send at most %(limit)d files at once, or put them into a pack.")
            messages.error(request, text % {"limit": MAX_UPLOAD_FILES})
            return redirect(address("sources", subject))
        if response.status_code == 302:
            stack.pop_all()  # the import removes it when it has ended
        return response


@csrf_protect
def _receive(request: HttpRequest, person: User, subject: Subject, upload: Upload) -> HttpResponse:
    """Read the request, which fills the upload, and start its import."""
    form, films = UploadForm(request.POST), FilmForm(request.POST)
    if form.is_valid() and films.is_valid():
        with refusals_in_form(form):
            said = {**form.cleaned_data, "films": films.settings, "actor": person}
            runs = _start(request, person, subject, upload, said)
            if len(runs) > 1:
                return redirect(address("sources", subject))
            return _to(runs[0])
    return _show(request, person, subject, form=form, films=films)


def _start(
    request: HttpRequest, person: User, subject: Subject, upload: Upload, said: dict[str, Any]
) -> list[ImportRun]:
    """Import what came with this request or, when nothing did, what came before it in pieces."""
    token = request.POST.get("upload", "")
    if upload.files or not token:
        return start_upload(subject=subject, upload=upload, **said)
    runs = import_upload(upload=access_upload(person, token), **said)
    upload.discard()
    return runs


@page("POST")
def import_web(
    request: HttpRequest, person: User, project_slug: str, subject_slug: str
) -> HttpResponse:
    """Have pictures fetched from the web addresses of a list."""
    subject = access_subject(person, project_slug, subject_slug, ORGANISE)
    form, films = WebForm(request.POST, request.FILES), FilmForm(request.POST, prefix=WEB_FILMS)
    if form.is_valid() and films.is_valid():
        with refusals_in_form(form):
            said = {**form.listed(), "films": films.settings}
            return _to(start_web_import(subject=subject, actor=person, **said))
    return _show(request, person, subject, web=form, web_films=films)


@page("POST")
def import_bucket(
    request: HttpRequest, person: User, project_slug: str, subject_slug: str
) -> HttpResponse:
    """Have pictures imported from a bucket."""
    subject = access_subject(person, project_slug, subject_slug, ORGANISE)
    form, films = BucketForm(request.POST), FilmForm(request.POST, prefix=BUCKET_FILMS)
    if form.is_valid() and films.is_valid():
        with refusals_in_form(form):
            said = {**form.place(), "films": films.settings}
            return _to(start_bucket_import(subject=subject, actor=person, **said))
    return _show(request, person, subject, bucket=form, bucket_films=films)


def _show(request: HttpRequest, person: User, subject: Subject, **filled_in: Form) -> HttpResponse:
    """The page with the forms that were filled in, and the others empty."""
    imports = list(imports_of(subject, limit=IMPORTS_SHOWN))
    forms: dict[str, Form] = {"form": UploadForm(), "films": FilmForm()}
    if settings.IMPORT_URLS:
        forms |= {"web": WebForm(), "web_films": FilmForm(prefix=WEB_FILMS)}
    if settings.IMPORT_S3_BUCKETS:
        forms |= {"bucket": BucketForm(), "bucket_films": FilmForm(prefix=BUCKET_FILMS)}
    context = {
        "subject": subject,
        **forms,
        **{name: form for name, form in filled_in.items() if name in forms},
        "sources": sources_with_counts(subject),
        "imports": imports,
        "is_busy": any(run.state in UNFINISHED and not run.is_asking for run in imports),
        "is_covered": is_covered(subject, Act.CURATE),
        "left_over": left_over(subject, person),
    }
    return render(request, "sources/sources.html", context)


@page("GET")
def import_run(
    request: HttpRequest, person: User, project_slug: str, subject_slug: str, import_run_id: int
) -> HttpResponse:
    """One import: how far it is, what was imported, and the files that were not, by why not."""
    run = access_import(person, project_slug, subject_slug, import_run_id)
    report = import_report(run)
    chosen = _chosen([*report.refused, *report.left_out], request.GET.get("kind", ""))
    after = number_in(request.GET.get("after", "")) or 0
    context = {
        "subject": run.source.subject,
        "run": run,
        "report": report,
        "chosen": chosen,
        "after": after,
        "listed": files_after(run, chosen, after) if chosen else None,
        "is_busy": run.state in UNFINISHED and not run.is_asking,
        "question": _question(run) if run.is_asking else None,
    }
    return render(request, "sources/import_run.html", context)


def _question(run: ImportRun) -> dict[str, object]:
    """What the import asks, with the names of packs as each encoding reads them."""
    question = run.question
    names = [
        {
            "asked": each,
            "field": f"names_{each.key}",
            "readings": [(code, LANGUAGES[code], texts) for code, texts in each.readings],
        }
        for each in question.names
    ]
    return {"names": names, "locked": question.locked, "is_wrong": question.is_wrong}


@page("POST")
def answer(
    request: HttpRequest, person: User, project_slug: str, subject_slug: str, import_run_id: int
) -> HttpResponse:
    """Say what an import needs to know of its packs, and have it go on."""
    run = access_import(person, project_slug, subject_slug, import_run_id)
    form = AnswerForm(run.question, request.POST)
    with refusals_as_messages(request):
        if form.is_valid():
            answer_import(import_run=run, actor=person, **form.answers())
        else:
            messages.error(request, _("Choose how the names of each pack are to be read."))
    return _to(run)


@page("POST")
def import_again(
    request: HttpRequest, person: User, project_slug: str, subject_slug: str, import_run_id: int
) -> HttpResponse:
    """Have the import tried again, soon."""
    run = access_import(person, project_slug, subject_slug, import_run_id)
    with refusals_as_messages(request):
        try_import_again(import_run=run, actor=person)
    return _to(run)


@page("POST")
def import_cancel(
    request: HttpRequest, person: User, project_slug: str, subject_slug: str, import_run_id: int
) -> HttpResponse:
    """End the import; what is in stays in."""
    run = access_import(person, project_slug, subject_slug, import_run_id)
    with refusals_as_messages(request):
        cancel_import(import_run=run, actor=person)
    return _to(run)


def _chosen(kinds: list[FileKind], code: str) -> FileKind | None:
    """The kind of files that was asked for, else the first; refused ones come before others."""
    return next((kind for kind in kinds if kind.code == code), kinds[0] if kinds else None)


def _to(run: ImportRun) -> HttpResponse:
    """To the page of the import."""
    return redirect(address("import_run", run.source.subject, import_run_id=run.pk))
