"""Pages where an organiser sees decisions and settles what the votes left open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from curation.batches.access import access_batch
from curation.consensus.cases import lines_of_batch
from curation.consensus.settle import settle
from curation.consensus.withdraw_ruling import withdraw_ruling
from curation.errors import NotFound
from curation.images.access import access_image
from curation.images.models import Image
from curation.images.selectors import with_bytes
from curation.manual.selectors import current_reasons, reason_titles
from curation.projects.models import User
from curation.projects.permissions import ORGANISE
from curation.releases.worth import waiting_by_worth
from curation.subjects.access import access_subject
from curation.subjects.gate import is_covered
from curation.subjects.models import Act, Subject
from curation.votes.voting_rule import Outcome
from frontend.addresses import address
from frontend.api.cases import in_turn, next_cases, possible, room_for
from frontend.forms.decisions import SettleForm
from frontend.person import page, require_named_person
from frontend.refusals import refusals_as_messages, refusals_in_form

NUM_WAITING_SHOWN = 60
LINES_ON_A_PAGE = 100


@page("GET")
def contested(
    request: HttpRequest, person: User, project_slug: str, subject_slug: str
) -> HttpResponse:
    """The first image that waits to be settled, or the good news that none does."""
    subject = access_subject(person, project_slug, subject_slug, ORGANISE)
    return _show(request, person, subject)


@page("GET", "POST")
def contested_image(
    request: HttpRequest, person: User, project_slug: str, subject_slug: str, number: int
) -> HttpResponse:
    """One image with everything that was said about it; posted to, it is settled.

    It need not be contested. What cannot be settled is shown again with all that was typed.
    """
    if request.method != "POST":
        subject = access_subject(person, project_slug, subject_slug, ORGANISE)
        return _show(request, person, subject, number=number)
    require_named_person(person, request.POST.get("person", ""))
    image = access_image(person, project_slug, subject_slug, number)
    form = SettleForm(request.POST, reasons=current_reasons(image.subject.project))
    if form.is_valid():
        with refusals_in_form(form):
            settle(image=image, **form.cleaned_data, actor=person)
            messages.success(request, _("Image %(number)d is settled.") % {"number": image.number})
            return _to_next(image, person)
    return _show(request, person, image.subject, number=number, form=form)


@page("POST")
def withdraw(
    request: HttpRequest, person: User, project_slug: str, subject_slug: str, number: int
) -> HttpResponse:
    """Let the votes decide about the image again."""
    require_named_person(person, request.POST.get("person", ""))
    image = access_image(person, project_slug, subject_slug, number)
    with refusals_as_messages(request):
        withdraw_ruling(image=image, actor=person)
    return redirect(address("contested_image", image))


@page("GET")
def batch_decisions(
    request: HttpRequest, person: User, project_slug: str, subject_slug: str, number: int
) -> HttpResponse:
    """What became of each image of a batch."""
    batch = access_batch(person, project_slug, subject_slug, number, ORGANISE)
    lines = lines_of_batch(batch, viewer=person)
    # What a line hides must not show by the filter that it passes.
    open_lines = [line for line in lines if not line.blindfold.hides_votes]
    kinds = Counter(line.decision.outcome.value for line in open_lines)
    wanted = request.GET.get("state", "")
    shown = wanted if wanted in kinds else ""
    if shown:
        listed = [line for line in open_lines if line.decision.outcome.value == shown]
    else:
        listed = lines
    context = {
        "subject": batch.subject,
        "batch": batch,
        "page": Paginator(listed, LINES_ON_A_PAGE).get_page(request.GET.get("page")),
        "kinds": [(each.value, kinds[each.value]) for each in Outcome if kinds[each.value]],
        "shown": shown,
        "num_all": len(lines),
        "may_show": is_covered(batch.subject, Act.CURATE),
        "reason_titles": reason_titles(batch.subject.project),
    }
    return render(request, "decisions/batch_decisions.html", context)


def _show(
    request: HttpRequest,
    person: User,
    subject: Subject,
    *,
    number: int | None = None,
    form: SettleForm | None = None,
) -> HttpResponse:
    """The page of image `number`, or of the first that waits, among all that wait."""
    waiting = waiting_by_worth(subject, person, beside=possible(number))
    shown = number or next(iter(waiting.numbers), 0)
    cases = next_cases(subject, in_turn(shown, waiting), viewer=person)
    case = cases[0] if cases and cases[0].image.number == shown else None
    if case is None and number is not None:
        raise NotFound
    context: dict[str, Any] = {
        "subject": subject,
        "waiting": _in_order(subject, waiting.numbers[:NUM_WAITING_SHOWN]),
        "num_waiting": len(waiting.numbers),
        "may_show": is_covered(subject, Act.CURATE),
    }
    if case is not None:
        titles = reason_titles(subject.project)
        reasons = current_reasons(subject.project)
        context |= {
            "case": case,
            "form": form or SettleForm(reasons=reasons),
            "reason_titles": titles,
            "before": next(reversed(waiting.before), None),
            "after": next((n for n in waiting.behind if n != shown), None),
        }
        if context["may_show"]:
            context["room"] = room_for(
                request,
                person,
                subject,
                cases=cases,
                num_waiting=len(waiting.numbers),
                reasons=reasons,
                titles=titles,
            )
    return render(request, "decisions/contested.html", context)


def _in_order(subject: Subject, numbers: Sequence[int]) -> list[tuple[int, str]]:
    """The images with these numbers, each with its SHA-256."""
    found = dict(with_bytes(subject, numbers))
    return [(number, found[number]) for number in numbers if number in found]


def _to_next(image: Image, person: User) -> HttpResponse:
    waiting = waiting_by_worth(image.subject, person, beside=image.number)
    following = next(iter([*waiting.behind, *waiting.before]), 0)
    if following:
        return redirect(address("contested_image", image.subject, number=following))
    return redirect(address("contested", image.subject))
