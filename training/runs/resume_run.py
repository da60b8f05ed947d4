"""Let a stopped or failed run go on from its last checkpoint."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from curation.projects import log
from curation.projects.access import require
from curation.projects.models import User
from curation.projects.permissions import ADMINISTER
from curation.subjects.models import Act
from training.runs.errors import RunNotResumable
from training.runs.gate import require_consent_of_both
from training.runs.models import Cause, Run, RunState
from training.runs.states import LEFT, move


@transaction.atomic
def resume_run(*, run: Run, actor: User) -> Run:
    """Put `run` back into the queue, behind those that wait already.

    Raises NotAllowed, RunNotResumable or ConsentMissing.
    """
    require(actor, ADMINISTER, run.project)
    require_consent_of_both(run.release_a, run.release_b, Act.TRAIN)
    locked = Run.objects.select_for_update().get(pk=run.pk)
    match locked.state:
        case RunState.WAITING:
            return locked
        case RunState.STOPPED | RunState.FAILED:
            move(
                run=locked,
                to=RunState.WAITING,
                cause=Cause.RESUMED,
                actor=actor,
                attempt=0,
                problem="",
                problem_code="",
                queued_at=timezone.now(),
                **LEFT,
            )
        case RunState.FINISHED:
            raise RunNotResumable(_("All steps of this run are done."), run=locked.number)
        case _:
            raise RunNotResumable(
                _("This run is still active. Stop it first, or wait."), run=locked.number
            )
    log.record("run.resume", actor=actor, project=locked.project, target=locked)
    return locked
