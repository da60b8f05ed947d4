"""Whom pictures of somebody who is easily confused are given to when they ask for work."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Exists, OuterRef

from curation.gold.access import measured_in
from curation.projects.models import User
from curation.subjects.models import LookAlike, Subject
from curation.votes.gold_to_give import num_gold_left
from curation.votes.own_gold import levels_to_earn
from curation.votes.work import open_subjects, subjects_with_work


def subjects_to_take(person: User) -> list[Subject]:
    """The `open_subjects` that the person is given work on now.

    One wrong face in a set does more damage than ten missing ones, so whom somebody is easily taken
    for waits for an eye that gold has shown to be sure; but only while the person can become so on
    other work of the project that is free to them now. Where there is none, or not gold enough in
    it, all is given: nobody is left without work, and hidden gold teaches them there.

    For whom an organiser has named they are given in any case; nobody is given more of a subject
    than one person may judge of it.

    What is asked is known to everybody, and of the subject: it says nothing of any one picture.
    Six queries at most, whatever their number.
    """
    confused = Exists(LookAlike.objects.filter(subject=OuterRef("pk")))
    rows = open_subjects(person).annotate(is_confused=confused)
    subjects = [
        (each, each.is_confused and not each.is_named) for each in rows if not each.has_enough
    ]
    projects = {each.project_id for each, is_confused in subjects if is_confused}
    others = [
        each for each, is_confused in subjects if not is_confused and each.project_id in projects
    ]
    learning = _projects_to_learn_in(person, others)
    return [
        each for each, is_confused in subjects if not is_confused or each.project_id not in learning
    ]


def _projects_to_learn_in(person: User, subjects: Sequence[Subject]) -> set[int]:
    """The keys of the subjects' projects in which work on these can earn the person the level."""
    if not subjects:
        return set()
    measured = measured_in(person, {each.project for each in subjects})
    asked = [each for each in subjects if each.project_id in measured]
    with_work = subjects_with_work(asked, person) if asked else []
    if not with_work:
        return set()
    left = num_gold_left(person, with_work)
    return levels_to_earn(person, {each.project: left[each.project] for each in with_work})
