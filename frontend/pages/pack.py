"""The offline pack of a batch: taken along as a zip, brought back, looked through, cast."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from curation import store
from curation.batches.access import access_batch, require_live_lease, require_may_be_shown
from curation.batches.models import Assignment, Batch
from curation.files import needing_room
from curation.manual.selectors import reason_titles
from curation.packs.ballots import ballots_of, items_by_number
from curation.packs.cast_pack import Cast, cast_pack
from curation.packs.preview import Preview, preview_of, reasons_of
from curation.packs.slip import SLIP_NAME
from curation.packs.slip_anew import slip_anew
from curation.packs.take_pack import items_to_take, take_pack
from curation.packs.understood import opened, sealed
from curation.projects.models import User
from curation.projects.permissions import VIEW
from curation.sources.problems import MAX_SENT_BYTES
from frontend.addresses import address
from frontend.downloads import as_download
from frontend.forms.packs import CastForm, ReturnForm
from frontend.pages.pack_words import reports_in_words
from frontend.person import page, require_named_person
from frontend.refusals import refusals_in_form

_NUM_CAST = ngettext_lazy(
    "%(num)d vote of your pack is stored.", "%(num)d votes of your pack are stored.", "num"
)
_NUM_ALREADY = ngettext_lazy(
    "%(num)d picture had that vote of yours already.",
    "%(num)d pictures had that vote of yours already.",
    "num",
)
_NUM_LEFT = ngettext_lazy(
    "%(num)d picture keeps the other vote that you cast on the site.",
    "%(num)d pictures keep the other votes that you cast on the site.",
    "num",
)
_NUM_FILLED_UP = ngettext_lazy(
    "%(num)d picture needed no further vote.",
    "%(num)d pictures needed no further vote.",
    "num",
)

NUM_SHOWN = 60
"""Pictures of each kind on the preview."""
MAX_PACK_BYTES = MAX_SENT_BYTES


@never_cache
@csrf_exempt  # only so far: `_look_into` is protected, once the file has a place to go to
@page("GET", "POST")
def pack(
    request: HttpRequest, person: User, project_slug: str, subject_slug: str, number: int
) -> HttpResponse:
    """How to take the batch along, and the form that brings it back; posted to, what it says."""
    batch, lease = _held(person, project_slug, subject_slug, number)
    if request.method != "POST":
        return _show(request, person, batch, lease, ReturnForm())
    store.require_room(int(request.META.get("CONTENT_LENGTH") or 0))
    request.upload_handlers = [TemporaryFileUploadHandler(request)]
    return _look_into(request, person, batch, lease)


@csrf_protect
def _look_into(request: HttpRequest, person: User, batch: Batch, lease: Assignment) -> HttpResponse:
    require_named_person(person, request.POST.get("person", ""))
    form = ReturnForm(request.POST, request.FILES)
    if form.is_valid():
        with refusals_in_form(form), _zip_of(form) as path:
            preview = preview_of(path, batch=batch, lease=lease, person=person)
            return _show_preview(request, person, batch, preview)
    return _show(request, person, batch, lease, form)


@page("GET")
def pack_zip(
    request: HttpRequest, person: User, project_slug: str, subject_slug: str, number: int
) -> HttpResponse | StreamingHttpResponse:
    """The pictures that wait for the person, as one zip; that it was taken is recorded."""
    batch, _lease = _held(person, project_slug, subject_slug, number)
    if request.method == "HEAD":
        return HttpResponse(content_type="application/zip")
    pieces = take_pack(batch=batch, person=person)
    response = StreamingHttpResponse(pieces, content_type="application/zip")
    return as_download(response, f"{batch.subject.slug}-batch-{batch.number}.zip")


@page("GET")
def pack_slip(
    request: HttpRequest, person: User, project_slug: str, subject_slug: str, number: int
) -> HttpResponse:
    """A slip alone, for a pack that has lost its own."""
    batch, lease = _held(person, project_slug, subject_slug, number)
    data = slip_anew(batch=batch, lease=lease, person=person)
    response = HttpResponse(data, content_type="application/json")
    return as_download(response, SLIP_NAME)


@page("POST")
def cast(
    request: HttpRequest, person: User, project_slug: str, subject_slug: str, number: int
) -> HttpResponse:
    """Cast the votes of the preview."""
    require_named_person(person, request.POST.get("person", ""))
    batch, lease = _held(person, project_slug, subject_slug, number)
    text = request.POST.get("understood", "")
    understood = opened(text, lease=lease, person=person)
    lying = items_by_number(batch, person, understood.taken)
    differing = ballots_of(understood.said, lying).differing
    form = CastForm(
        request.POST,
        reasons=reasons_of(batch, understood.manual),
        is_any_gone=bool(understood.gone),
        differing=[*(line.number for line in differing), *understood.gone],
    )
    if not form.is_valid():
        for errors in form.errors.values():
            messages.error(request, str(errors[0]))
        return redirect(address("pack", batch))
    done = cast_pack(
        batch=batch,
        person=person,
        understood=text,
        gone_because=form.because,
        overwrite=form.cleaned_data["overwrite"],
    )
    _tell(request, done)
    return redirect(address("batch", batch))


def _held(
    person: User, project_slug: str, subject_slug: str, number: int
) -> tuple[Batch, Assignment]:
    """The batch, while the person's desk opens. Raises as the desk does."""
    batch = access_batch(person, project_slug, subject_slug, number, VIEW)
    lease = require_live_lease(person, batch)
    require_may_be_shown(batch.subject)
    return batch, lease


def _show(
    request: HttpRequest, person: User, batch: Batch, lease: Assignment, form: ReturnForm
) -> HttpResponse:
    images = [each.image for each in items_to_take(batch, lease, person)]
    context = {
        "batch": batch,
        "subject": batch.subject,
        "form": form,
        "num_pictures": len(images),
        "num_bytes": sum(image.bare_size_bytes or image.size_bytes for image in images),
        "slip_name": SLIP_NAME,
    }
    return render(request, "packs/pack.html", context)


def _show_preview(
    request: HttpRequest, person: User, batch: Batch, preview: Preview
) -> HttpResponse:
    ballots, gone = preview.ballots, preview.gone
    differing = [*ballots.differing, *gone.differing]
    kinds: dict[Any, list[Any]] = {}
    for line in ballots.new:
        kinds.setdefault((line.said.verdict, line.said.reason), []).append(line)
    context = {
        "batch": batch,
        "subject": batch.subject,
        "preview": preview,
        "kinds": [(lines[0].said, lines, lines[:NUM_SHOWN]) for lines in kinds.values()],
        "gone_shown": gone.new[:NUM_SHOWN],
        "differing": differing,
        "num_already": len(ballots.already) + len(gone.already),
        "num_filled_up": len(ballots.filled_up) + len(gone.filled_up),
        "num_lost": ballots.num_lost + gone.num_lost,
        "reports": reports_in_words(preview.sorted_out.reports),
        "reason_titles": reason_titles(batch.subject.project),
        "form": CastForm(
            initial={"understood": sealed(preview.understood, person)},
            reasons=preview.reasons,
            is_any_gone=bool(preview.understood.gone),
            differing=[line.number for line in differing],
        ),
    }
    return render(request, "packs/preview.html", context)


@contextmanager
def _zip_of(form: ReturnForm) -> Iterator[Path]:
    """The zip on the disk. Of one that came in parts what was not sent is empty."""
    sent: TemporaryUploadedFile = form.cleaned_data["pack"]
    layout = form.cleaned_data["layout"]
    if layout is None:
        yield Path(sent.temporary_file_path())
        return
    length, parts = layout
    with tempfile.NamedTemporaryFile() as file, needing_room(Path(file.name)):
        file.truncate(length)  # what is not written takes no room
        for offset, size in parts:
            file.seek(offset)
            left = size
            while left and (piece := sent.read(min(left, 2**20))):
                file.write(piece)
                left -= len(piece)
        file.flush()
        yield Path(file.name)


def _tell(request: HttpRequest, done: Cast) -> None:
    """Say what became of the votes, as far as anything did."""
    told = [
        (done.num_cast, _NUM_CAST),
        (done.num_already, _NUM_ALREADY),
        (done.num_left, _NUM_LEFT),
        (done.num_filled_up, _NUM_FILLED_UP),
    ]
    for num, words in told:
        if num or words is _NUM_CAST:
            say = messages.success if words is _NUM_CAST else messages.info
            say(request, words % {"num": num})
