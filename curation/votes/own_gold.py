"""What one person is told of how they do at gold: late enough that no picture is given away."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from django.db.models import Exists, OuterRef, Subquery
from django.utils import timezone

from curation.gold.drift import drifts
from curation.gold.levels import GRID_AFTER, GridLevel, can_open, grid_level
from curation.gold.models import Gold, Kind
from curation.gold.selectors import Answered, answers_of
from curation.projects.days import today_in
from curation.projects.models import Project, User
from curation.votes.models import VoteEvent

REST_FOR = dt.timedelta(hours=1)
"""So long after a drift a rest is proposed."""


def answers_to_show(person: User, project: Project) -> list[Answered]:
    """The person's first answers to gold, the oldest first, without today's to hidden gold.

    A number that grew with the very picture would tell that it was gold. One query.
    """
    return _to_show(answers_of(person, project), project)


def _to_show(answers: Iterable[Answered], project: Project) -> list[Answered]:
    today = today_in(project)
    return [
        each
        for each in answers
        if each.event.kind != Kind.HIDDEN or today_in(project, now=each.event.at) < today
    ]


def grid_level_of(person: User, project: Project) -> GridLevel:
    """Whether the person may judge many pictures at once. Two queries at most."""
    if _free_in(person, [project]):
        return grid_level([], is_free=True)
    rights = [each.is_right for each in answers_to_show(person, project)]
    return grid_level(rights, is_free=False)


def levels_to_earn(person: User, gold_left: Mapping[Project, int]) -> set[int]:
    """The keys of those projects in which the level is shut to the person and can be earned.

    By so much gold as is left for them in each. What they answered today and are not told of yet
    is taken for right: else work that opens or shuts would tell of it. Two queries.
    """
    free = _free_in(person, gold_left)
    answers = answers_of(person, *gold_left)
    found = set()
    for project, num_left in gold_left.items():
        mine = [each for each in answers if each.project_id == project.pk]
        rights = [each.is_right for each in _to_show(mine, project)]
        is_open = grid_level(rights, is_free=project.pk in free).is_open
        if not is_open and can_open(rights, num_more=len(mine) - len(rights) + num_left):
            found.add(project.pk)
    return found


def _free_in(person: User, projects: Iterable[Project]) -> set[int]:
    """The keys of those projects in which no level is asked of the person for the grid. One query.

    There never was gold enough to reach it, or they judged before there was.
    """
    gold = Gold.objects.filter(image__subject__project=OuterRef("pk"), image__purged_at=None)
    enough = gold.order_by("marked_at", "pk").values("marked_at")[GRID_AFTER - 1 : GRID_AFTER]
    before = VoteEvent.objects.filter(
        volunteer=person, image__subject__project=OuterRef("pk"), at__lt=OuterRef("enough_since")
    )
    rows = (
        Project.objects.filter(pk__in=[each.pk for each in projects])
        .annotate(enough_since=Subquery(enough))
        .annotate(judged_before=Exists(before))
        .order_by()
    )
    return {
        pk
        for pk, since, judged_before in rows.values_list("pk", "enough_since", "judged_before")
        if since is None or judged_before
    }


def needs_rest(person: User, project: Project) -> bool:
    """Whether the person's eye has drifted within the last hour. One query.

    By hidden gold alone: whoever practises knows what they look at. Say it at the end of a batch,
    not right after a picture, which it would give away.
    """
    answers = answers_of(person, project, kinds=[Kind.HIDDEN])
    found = drifts([each.is_right for each in answers])
    return bool(found) and timezone.now() - answers[found[-1]].event.at < REST_FOR
