"""Ask for a training of a model on two releases."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from curation.errors import InvalidInput, NotFound
from curation.projects import log
from curation.projects.access import require
from curation.projects.lock import lock_project
from curation.projects.models import Project, User
from curation.projects.permissions import ADMINISTER
from curation.releases.models import Release
from curation.subjects.models import Act
from training.engine.models.catalogue import CATALOGUE
from training.runs.gate import require_consent_of_both
from training.runs.models import Cause, Run, RunEvent, RunState

MOST_STEPS = 10_000_000
MOST_IN_BATCH = 4096


@transaction.atomic
def create_run(
    *,
    project: Project,
    release_a: Release,
    release_b: Release,
    model: str,
    steps: int,
    batch_size: int,
    actor: User,
) -> Run:
    """Put a new run into the queue; the supervisor starts it when its turn comes.

    Raises NotAllowed, NotFound, InvalidInput or ConsentMissing.
    """
    require(actor, ADMINISTER, project)
    for release in (release_a, release_b):
        if release.subject.project_id != project.pk:
            raise NotFound(_("That release belongs to another project."))
    if release_a.subject_id == release_b.subject_id:
        raise InvalidInput(_("A run needs releases of two different people."))
    _check_numbers(model, steps, batch_size)

    # So that two runs asked for at once get two numbers.
    lock_project(project.pk)
    require_consent_of_both(release_a, release_b, Act.TRAIN)
    last = Run.objects.filter(project=project).aggregate(last=Max("number"))["last"]
    run = Run.objects.create(
        project=project,
        number=(last or 0) + 1,
        release_a=release_a,
        release_b=release_b,
        manifest_a_sha256=release_a.manifest_sha256,
        manifest_b_sha256=release_b.manifest_sha256,
        model=model,
        steps=steps,
        batch_size=batch_size,
        created_by=actor,
    )
    RunEvent.objects.create(run=run, state=RunState.WAITING, cause=Cause.CREATED, actor=actor)
    log.record(
        "run.create",
        actor=actor,
        project=project,
        target=run,
        a=str(release_a),
        b=str(release_b),
        model=model,
        steps=steps,
        batch_size=batch_size,
    )
    return run


def _check_numbers(model: str, steps: int, batch_size: int) -> None:
    """Raises InvalidInput for what no engine could train."""
    if model not in CATALOGUE:
        raise InvalidInput(_("There is no model called “%(model)s”.") % {"model": model})
    if not 1 <= steps <= MOST_STEPS:
        raise InvalidInput(_("Steps must be from 1 to %(most)d.") % {"most": MOST_STEPS})
    if not 1 <= batch_size <= MOST_IN_BATCH:
        raise InvalidInput(
            _("The batch size must be from 1 to %(most)d.") % {"most": MOST_IN_BATCH}
        )
