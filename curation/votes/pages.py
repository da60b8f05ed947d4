"""Pages that show batches with how far they are, and the desk."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from curation.batches.access import access_batch, require_live_lease, require_may_be_shown
from curation.batches.forms import AssignForm, CutForm
from curation.batches.selectors import images_in_no_batch
from curation.http import signed_in
from curation.projects.rules import ORGANISE, VIEW
from curation.subjects.access import access_subject
from curation.subjects.gate import is_covered
from curation.subjects.models import Act
from curation.votes.progress import batch_progress, progress_of_batch


@login_required
@require_safe
def batches(request: HttpRequest, project: str, subject: str) -> HttpResponse:
    """A subject's batches, and the form that cuts new ones."""
    found = access_subject(signed_in(request), project, subject, ORGANISE)
    context = {
        "subject": found,
        "batches": batch_progress(found),
        "num_uncut": images_in_no_batch(found).count(),
        "may_curate": is_covered(found, Act.CURATE),
        "cut_form": CutForm(),
    }
    return render(request, "batches/batches.html", context)


@login_required
@require_safe
def batch(request: HttpRequest, project: str, subject: str, number: int) -> HttpResponse:
    """One batch: who has it, how far each of them is, and the form that hands it out."""
    found = access_batch(signed_in(request), project, subject, number, ORGANISE)
    context = {
        "subject": found.subject,
        "batch": found,
        "progress": progress_of_batch(found),
        "may_curate": is_covered(found.subject, Act.CURATE),
        "assign_form": AssignForm(project=found.subject.project),
    }
    return render(request, "batches/batch.html", context)


@login_required
@require_safe
def desk(request: HttpRequest, project: str, subject: str, number: int) -> HttpResponse:
    """The desk, for whoever holds a live lease on the batch."""
    person = signed_in(request)
    found = access_batch(person, project, subject, number, VIEW)
    require_live_lease(person, found)
    require_may_be_shown(found.subject)
    return render(request, "batches/desk.html", {"batch": found, "subject": found.subject})
