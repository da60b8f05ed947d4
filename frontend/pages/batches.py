"""Pages that show batches with how far they are."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from curation.batches.access import access_batch
from curation.batches.errors import NotAssigned
from curation.batches.selectors import batches_of, hand_out_of, images_in_no_batch, leases_of
from curation.batches.set_hand_out import settings_of
from curation.consensus.duplicate_groups import duplicate_groups
from curation.projects.models import User
from curation.projects.permissions import ORGANISE, VIEW
from curation.subjects.access import access_subject
from curation.subjects.gate import is_covered
from curation.subjects.models import Act
from curation.votes.progress import held_batch, progress_of_batch, progress_of_batches
from frontend.forms.batches import AssignForm, CutForm, ReturnPartForm
from frontend.forms.hand_out import HandOutForm
from frontend.keyset import key_page
from frontend.person import page

BATCHES_PER_PAGE = 50


@page("GET")
def batches(
    request: HttpRequest, person: User, project_slug: str, subject_slug: str
) -> HttpResponse:
    """A subject's batches, and the form that cuts new ones."""
    subject = access_subject(person, project_slug, subject_slug, ORGANISE)
    listed = key_page(request, batches_of(subject), key="number", size=BATCHES_PER_PAGE)
    context = {
        "subject": subject,
        "page": listed,
        "batches": progress_of_batches(listed.rows),
        "num_uncut": images_in_no_batch(subject).count(),
        "num_duplicate_groups": len(duplicate_groups(subject, viewer=person)),
        "may_show": is_covered(subject, Act.CURATE),
        "cut_form": CutForm(subject=subject),
        "hand_out": hand_out_of(subject),
        "hand_out_form": HandOutForm(project=subject.project, settings=settings_of(subject)),
    }
    return render(request, "batches/batches.html", context)


@page("GET")
def batch(
    request: HttpRequest, person: User, project_slug: str, subject_slug: str, number: int
) -> HttpResponse:
    """One batch: for organisers everybody's part in it, for volunteers their own."""
    batch = access_batch(person, project_slug, subject_slug, number, VIEW)
    own = leases_of([batch]).filter(volunteer=person).first()
    may_organise = person.has_perm(ORGANISE, batch.subject.project)
    if own is None and not may_organise:
        raise NotAssigned(_("This batch is not assigned to you."), batch=batch.number)
    held = own and held_batch(own, now=timezone.now())
    context: dict[str, Any] = {
        "subject": batch.subject,
        "batch": batch,
        "own": held,
        "part_form": ReturnPartForm(num_left=held.num_left) if held and held.num_left > 1 else None,
        "may_show": is_covered(batch.subject, Act.CURATE),
    }
    if not may_organise:
        return render(request, "batches/own_batch.html", context)
    progress = progress_of_batch(batch)
    states = {share.lease.volunteer_id: share.state for share in progress.shares}
    context |= {
        "progress": progress,
        "assign_form": AssignForm(project=batch.subject.project, states=states),
    }
    return render(request, "batches/batch.html", context)
