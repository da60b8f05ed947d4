"""What is done with many batches, or with all that some people hold, from the board."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.contrib import messages
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from curation.batches.act_on_batches import Act, Outcome, Result, act_on_batches
from curation.batches.models import Batch
from curation.consensus.board import batches_shown
from curation.notices.nudge import Nudged, nudge
from curation.projects.models import User
from curation.projects.permissions import ORGANISE
from curation.subjects.access import access_subject
from curation.subjects.models import Subject
from frontend.addresses import address
from frontend.forms.batch_acts import NUDGE, BatchActsForm
from frontend.person import page
from frontend.refusals import refusals_as_messages

NAMED = 20
"""So many batches are named in what is said of an act; of more, their number is said."""


@page("POST")
def batch_acts(
    request: HttpRequest, person: User, project_slug: str, subject_slug: str
) -> HttpResponse:
    """Do one thing with the batches that were ticked, and say of each what became of it."""
    subject = access_subject(person, project_slug, subject_slug, ORGANISE)
    form = BatchActsForm(request.POST, subject=subject)
    back = redirect(f"{address('batches', subject)}?{form.query()}")
    if not form.is_valid():
        for errors in form.errors.values():
            messages.error(request, " ".join(map(str, errors)))
        return back
    act, batches = form.cleaned_data["act"], form.batches()
    with refusals_as_messages(request):
        if act == NUDGE:
            _nudge(request, subject, _holders(batches), person)
            return back
        results = act_on_batches(
            act=Act(act),
            batches=batches,
            people=form.chosen_people() if act == Act.HAND_OUT else (),
            days=form.cleaned_data["days"],
            actor=person,
        )
        messages.success(request, _in_words(Act(act), results))
    return back


@page("POST")
def people_acts(
    request: HttpRequest, person: User, project_slug: str, subject_slug: str
) -> HttpResponse:
    """Do one thing with all that the ticked people hold of the subject."""
    subject = access_subject(person, project_slug, subject_slug, ORGANISE)
    back = redirect(address("batch_people", subject))
    form = BatchActsForm(request.POST, subject=subject)
    if not form.is_valid():
        for errors in form.errors.values():
            messages.error(request, " ".join(map(str, errors)))
        return back
    people, act = form.chosen_people(), form.cleaned_data["act"]
    if not people:
        messages.error(request, _("Choose at least one person."))
        return back
    with refusals_as_messages(request):
        if act == NUDGE:
            _nudge(request, subject, people, person)
            return back
        held = batches_shown(subject, "all").filter(
            closed_at=None, assignments__returned_at=None, assignments__volunteer__in=people
        )
        results = act_on_batches(
            act=Act(act),
            batches=_with(subject, held.distinct().order_by("number")),
            people=people,
            days=form.cleaned_data["days"],
            actor=person,
        )
        messages.success(request, _in_words(Act(act), results))
    return back


def _with(subject: Subject, batches: Iterable[Batch]) -> list[Batch]:
    found = list(batches)
    for batch in found:
        batch.subject = subject
    return found


def _holders(batches: Sequence[Batch]) -> list[User]:
    held = User.objects.filter(
        assignments__batch__in=batches,
        assignments__returned_at=None,
        assignments__batch__closed_at=None,
        memberships__project=F("assignments__batch__subject__project"),
    )
    return list(held.distinct().order_by("username"))


def _nudge(request: HttpRequest, subject: Subject, people: Sequence[User], organiser: User) -> None:
    if not people:
        messages.info(request, _("Nobody holds these batches, so nobody was reminded."))
        return
    said: defaultdict[Nudged, list[str]] = defaultdict(list)
    for person, outcome in nudge(project=subject.project, people=people, actor=organiser).items():
        said[outcome].append(str(person))
    words = {
        Nudged.DONE: _("Reminded by mail: %(names)s."),
        Nudged.HEARD_TODAY: _("Had a mail within the day already: %(names)s."),
        Nudged.NO_MAILS: _("Wish no mails, or have no address: %(names)s."),
    }
    messages.info(
        request,
        " ".join(words[each] % {"names": ", ".join(said[each])} for each in Nudged if said[each]),
    )


def _in_words(act: Act, results: Sequence[Result]) -> str:
    """What became of the batches: of how many, and of which."""
    numbers: defaultdict[Outcome, list[int]] = defaultdict(list)
    for result in results:
        numbers[result.outcome].append(result.batch.number)
    return " ".join(_part(act, each, numbers[each]) for each in Outcome if numbers[each])


def _part(act: Act, outcome: Outcome, numbers: Sequence[int]) -> str:
    num = len(numbers)
    words = {
        Act.HAND_OUT: ngettext("%(num)d handed out", "%(num)d handed out", num),
        Act.MORE_TIME: ngettext("%(num)d given more time", "%(num)d given more time", num),
        Act.TAKE_BACK: ngettext("%(num)d taken back", "%(num)d taken back", num),
        Act.CLOSE: ngettext("%(num)d closed", "%(num)d closed", num),
        Act.REOPEN: ngettext("%(num)d opened again", "%(num)d opened again", num),
    }[act]
    match outcome:
        case Outcome.WAS_SO if act is Act.MORE_TIME:
            words = ngettext("%(num)d had as long already", "%(num)d had as long already", num)
        case Outcome.WAS_SO if act is Act.CLOSE:
            words = ngettext("%(num)d was closed already", "%(num)d were closed already", num)
        case Outcome.WAS_SO:
            words = ngettext("%(num)d was open already", "%(num)d were open already", num)
        case Outcome.IS_CLOSED:
            words = ngettext("%(num)d is closed", "%(num)d are closed", num)
        case Outcome.HELD_BY_NOBODY:
            words = ngettext("%(num)d is with nobody", "%(num)d are with nobody", num)
        case Outcome.DONE:
            pass
    which = ", ".join(map(str, numbers[:NAMED])) + ("…" if num > NAMED else "")
    return _("%(what)s (batch %(which)s).") % {"what": words % {"num": num}, "which": which}
