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
from training.engine.run.config import RunConfig
from training.engine.run.settings import settings_of
from training.runs.gate import require_consent_of_both
from training.runs.models import Cause, Run, RunEvent, RunState
from training.runs.readers_language import in_readers_language


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
    for name, value in (("steps", steps), ("batch_size", batch_size)):
        field = settings_of(RunConfig)[name]
        if field.complaint(value):
            title = in_readers_language(field.setting.title)
            limits = {"least": field.least, "most": field.most}
            raise InvalidInput(
                _("“%(title)s” must be from %(least)d to %(most)d.") % {"title": title, **limits}
            )
