"""Pages that show batches with how far they are: a subject's board, its people, one batch."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from curation.batches.access import access_batch
from curation.batches.act_on_batches import MOST_AT_ONCE, Act
from curation.batches.assign_batch import DEFAULT_DAYS, LONGEST_DAYS
from curation.batches.errors import NotAssigned
from curation.batches.selectors import hand_out_of, images_in_no_batch, leases_of
from curation.batches.set_hand_out import settings_of
from curation.consensus.board import SHOWN, batches_shown, board_of, workers_on
from curation.consensus.duplicate_groups import duplicate_groups
from curation.projects.models import User
from curation.projects.permissions import ORGANISE, VIEW
from curation.projects.selectors import members_of
from curation.subjects.access import access_subject
from curation.subjects.gate import is_covered
from curation.subjects.models import Act as GateAct
from curation.votes.progress import held_batch, progress_of_batch, progress_of_batches
from frontend.forms.batches import AssignForm, CutForm, ReturnPartForm
from frontend.forms.hand_out import HandOutForm
from frontend.keyset import key_page
from frontend.person import page

BATCHES_PER_PAGE = 50

SHOWN_WORDS = {
    "all": gettext_lazy("All"),
    "unfinished": gettext_lazy("Not finished"),
    "free": gettext_lazy("With nobody"),
    "late": gettext_lazy("Time is up"),
    "closed": gettext_lazy("Closed"),
}


@page("GET")
def batches(
    request: HttpRequest, person: User, project_slug: str, subject_slug: str
) -> HttpResponse:
    """A subject's board: how far it is, its batches with what can be done with many of them."""
    subject = access_subject(person, project_slug, subject_slug, ORGANISE)
    show = request.GET.get("show", "")
    show = show if show in SHOWN else SHOWN[0]
    members = list(members_of(subject.project))
    holder = next((m.user for m in members if str(m.user_id) == request.GET.get("person")), None)
    shown = batches_shown(subject, show, holder.pk if holder else None)
    listed = key_page(request, shown, key="number", size=BATCHES_PER_PAGE)
    hand_out = hand_out_of(subject)
    context = {
        "subject": subject,
        "board": board_of(subject),
        "page": listed,
        "batches": progress_of_batches(listed.rows),
        "num_shown": shown.count() if listed.has_others else len(listed.rows),
        "most_at_once": MOST_AT_ONCE,
        "show": show,
        "views": SHOWN_WORDS,
        "holder": holder,
        "query": _query(show, holder),
        "members": sorted(members, key=lambda member: member.user.username),
        "acts": Act,
        "days": DEFAULT_DAYS,
        "longest_days": LONGEST_DAYS,
        "num_uncut": images_in_no_batch(subject).count(),
        "num_duplicate_groups": len(duplicate_groups(subject, viewer=person)),
        "may_show": is_covered(subject, GateAct.CURATE),
        "cut_form": CutForm(subject=subject),
        "hand_out": hand_out,
        "hand_out_form": HandOutForm(members=members, settings=settings_of(hand_out)),
    }
    return render(request, "batches/batches.html", context)


def _query(show: str, holder: User | None) -> str:
    """What leads to the same list again."""
    return f"show={show}" + (f"&person={holder.pk}" if holder else "")


@page("GET")
def batch_people(
    request: HttpRequest, person: User, project_slug: str, subject_slug: str
) -> HttpResponse:
    """Who works on a subject: what they hold, how far they are, how quick they are."""
    subject = access_subject(person, project_slug, subject_slug, ORGANISE)
    members = list(members_of(subject.project))
    context = {
        "subject": subject,
        "workers": workers_on(subject, members),
        "days": DEFAULT_DAYS,
        "longest_days": LONGEST_DAYS,
    }
    return render(request, "batches/people.html", context)


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
        "may_show": is_covered(batch.subject, GateAct.CURATE),
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
