"""Use case: an admin chooses by which rule the votes in a project decide."""

from __future__ import annotations

from django.db import transaction

from curation.batches.lock import lock_subject
from curation.projects import log
from curation.projects.access import require
from curation.projects.lock import lock_project
from curation.projects.models import Project, Rule, User
from curation.projects.permissions import ADMINISTER
from curation.subjects.models import Subject
from curation.votes.tallies import recount_subject


@transaction.atomic
def choose_rule(*, project: Project, rule: Rule, actor: User | None) -> None:
    """Have votes count by this rule from now on, those that were cast as well.

    All are counted anew behind the locks of the project's subjects, so nobody sees some of them by
    one rule and some by the other; it takes some ten seconds for 100,000 pictures. Rulings stay.
    Raises NotAllowed.
    """
    lock_project(project.pk)
    require(actor, ADMINISTER, project)
    before = Project.objects.get(pk=project.pk).rule
    if before == rule:
        return
    subjects = list(Subject.objects.filter(project=project).order_by("pk"))
    for subject in subjects:
        lock_subject(subject.pk)
    Project.objects.filter(pk=project.pk).update(rule=rule)
    project.rule = rule
    for subject in subjects:
        recount_subject(subject.pk)
    log.record(
        "project.choose_rule",
        actor=actor,
        project=project,
        target=project,
        rule=rule.value,
        before=before,
    )
