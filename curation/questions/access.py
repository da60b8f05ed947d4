"""Fetch a question and check the person's right to it in one step."""

from __future__ import annotations

from curation.errors import NotFound
from curation.projects.models import User
from curation.projects.permissions import ORGANISE
from curation.questions.models import Question
from curation.questions.selectors import answered_questions, open_questions
from curation.subjects.access import access_pictures


def access_question(user: User, project_slug: str, subject_slug: str, question_id: int) -> Question:
    """The question about a picture of the subject, if `user` organises the project.

    One about a picture that they have yet to judge is not there for them before it is answered.
    Raises NotFound, NotAllowed, PicturesHidden.
    """
    subject = access_pictures(user, project_slug, subject_slug, ORGANISE)
    answered = answered_questions(subject).filter(pk=question_id).first()
    waiting = (each for each in open_questions([subject.pk], user) if each.pk == question_id)
    question = answered or next(waiting, None)
    if question is None:
        raise NotFound
    question.image.subject = subject
    return question
