"""Use case: an organiser asks for a release; a worker freezes it while everybody goes on."""

from __future__ import annotations

from django.db import transaction

from curation.consensus.selectors import kept_images
from curation.projects import log
from curation.projects.access import require
from curation.projects.models import User
from curation.projects.permissions import ORGANISE
from curation.queue import enqueue
from curation.releases.errors import freezing_meanwhile
from curation.releases.freeze_release import nothing_to_release
from curation.releases.models import UNFINISHED, Freezing
from curation.releases.selection import ALL, Selection
from curation.releases.tasks import run_freezing_task
from curation.subjects.gate import require_consent
from curation.subjects.models import Act, Subject


@transaction.atomic
def ask_for_release(
    *, subject: Subject, actor: User | None, selection: Selection = ALL
) -> Freezing:
    """Have a worker freeze what is kept of the subject, or what the settings choose of it, soon.

    While one is under way, that one is returned: two who ask at once for the same get one release.
    Raises NotAllowed, ConsentMissing, NothingToRelease, or FreezingMeanwhile by other settings.
    """
    require(actor, ORGANISE, subject.project)
    # The gate locks the subject, so two who ask at once do so one after the other.
    require_consent(subject, Act.CURATE)
    running = Freezing.objects.filter(subject=subject, state__in=UNFINISHED).first()
    settings = selection.header() or {}
    if running is not None:
        if running.selection != settings:
            raise freezing_meanwhile()
        return running
    if not kept_images(subject).exists():
        raise nothing_to_release(subject)
    freezing = Freezing.objects.create(subject=subject, asked_by=actor, selection=settings)
    enqueue(freezing, run_freezing_task)
    log.record("release.ask", actor=actor, project=subject.project, target=subject)
    return freezing
