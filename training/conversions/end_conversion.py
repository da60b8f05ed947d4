"""Put on record how a conversion ended."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from curation.jobs import JobState
from curation.projects import log
from training.conversions.models import Conversion


@transaction.atomic
def end_conversion(*, conversion: Conversion, problem: str = "") -> None:
    """Mark the conversion as done, or as failed when there is a `problem`.

    Changes nothing when somebody took it for abandoned meanwhile.
    """
    state = JobState.FAILED if problem else JobState.DONE
    if not conversion.finish(state, problem, finished_at=timezone.now()):
        return
    log.record(
        f"conversion.{state}",
        actor=conversion.started_by,
        project=conversion.run.project,
        target=f"{conversion.run} / conversion {conversion.pk}",
        problem=problem,
    )


def end_abandoned_conversions() -> int:
    """Mark every conversion as failed whose process was killed. Gives how many there were."""
    abandoned = Conversion.objects.filter(Conversion.abandoned()).values_list("pk", flat=True)
    claimed = [Conversion.claim(pk) for pk in abandoned]
    ours = [conversion for conversion in claimed if conversion is not None]
    for conversion in ours:
        end_conversion(conversion=conversion, problem="Its process was killed.")
    return len(ours)
