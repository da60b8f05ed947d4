"""Pages that show batches with how far they are."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from curation.batches.access import access_batch
from curation.batches.errors import NotAssigned
from curation.batches.selectors import images_in_no_batch, leases_of
from curation.projects.permissions import ORGANISE, VIEW
from curation.projects.signed_in import signed_in
from curation.subjects.access import access_subject
from curation.subjects.gate import is_covered
from curation.subjects.models import Act
from curation.votes.progress import batch_progress, held_batch, progress_of_batch
from frontend.forms.batches import AssignForm, CutForm


@login_required
@require_safe
def batches(request: HttpRequest, project: str, subject: str) -> HttpResponse:
    """A subject's batches, and the form that cuts new ones."""
    found = access_subject(signed_in(request), project, subject, ORGANISE)
    context = {
        "subject": found,
        "batches": batch_progress(found),
        "num_uncut": images_in_no_batch(found).count(),
        "may_show": is_covered(found, Act.CURATE),
        "cut_form": CutForm(),
    }
    return render(request, "batches/batches.html", context)


@login_required
@require_safe
def batch(request: HttpRequest, project: str, subject: str, number: int) -> HttpResponse:
    """One batch: for organisers everybody's part in it, for volunteers their own."""
    person = signed_in(request)
    found = access_batch(person, project, subject, number, VIEW)
    own = leases_of([found]).filter(volunteer=person).first()
    may_organise = person.has_perm(ORGANISE, found.subject.project)
    if own is None and not may_organise:
        raise NotAssigned(_("This batch is not assigned to you."), batch=found.number)
    context: dict[str, Any] = {
        "subject": found.subject,
        "batch": found,
        "own": own and held_batch(own, now=timezone.now()),
        "may_show": is_covered(found.subject, Act.CURATE),
    }
    if not may_organise:
        return render(request, "batches/own_batch.html", context)
    context |= {
        "progress": progress_of_batch(found),
        "assign_form": AssignForm(project=found.subject.project),
    }
    return render(request, "batches/batch.html", context)
