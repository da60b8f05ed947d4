"""What volunteers ask about a subject's pictures, and where an organiser answers."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from curation.projects.models import User
from curation.projects.permissions import ORGANISE
from curation.questions.access import access_question
from curation.questions.answer_question import answer_question
from curation.questions.models import Question
from curation.questions.selectors import answered_questions, open_questions
from curation.subjects.access import access_pictures
from curation.subjects.models import Subject
from frontend.addresses import address
from frontend.forms.questions import AnswerForm
from frontend.pages.older import page_of
from frontend.person import page, require_named_person
from frontend.refusals import refusals_in_form

NUM_WAITING_SHOWN = 60


@page("GET")
def questions(
    request: HttpRequest, person: User, project_slug: str, subject_slug: str
) -> HttpResponse:
    """The question that has waited longest, or that none does; below it what was answered."""
    subject = access_pictures(person, project_slug, subject_slug, ORGANISE)
    return _show(request, person, subject)


@page("GET", "POST")
def question(
    request: HttpRequest, person: User, project_slug: str, subject_slug: str, question_id: int
) -> HttpResponse:
    """One question; posted to, it is answered, or its answer is amended."""
    asked = access_question(person, project_slug, subject_slug, question_id)
    subject = asked.image.subject
    if request.method != "POST":
        return _show(request, person, subject, shown=asked)
    require_named_person(person, request.POST.get("person", ""))
    form = AnswerForm(request.POST)
    if form.is_valid():
        with refusals_in_form(form):
            answer_question(question=asked, answer=form.cleaned_data["answer"], actor=person)
            messages.success(
                request,
                _("Answered. Everybody who gets picture %(number)05d sees it.")
                % {"number": asked.image.number},
            )
            return redirect(address("questions", subject))
    return _show(request, person, subject, shown=asked, form=form)


def _show(
    request: HttpRequest,
    person: User,
    subject: Subject,
    *,
    shown: Question | None = None,
    form: AnswerForm | None = None,
) -> HttpResponse:
    waiting = open_questions([subject.pk], person)
    shown = shown or next(iter(waiting), None)
    context = {
        "subject": subject,
        "shown": shown,
        "form": form or AnswerForm({"answer": shown.answer} if shown and shown.answer else None),
        "waiting": waiting[:NUM_WAITING_SHOWN],
        "num_waiting": len(waiting),
        **page_of(answered_questions(subject), request),
    }
    return render(request, "questions/questions.html", context)
