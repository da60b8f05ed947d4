"""Put on record how a conversion ended."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from curation.projects import log
from training.conversions.models import Conversion, ConversionState


@transaction.atomic
def end_conversion(*, conversion: Conversion, problem: str = "") -> Conversion:
    """Mark the conversion as done, or as failed when there is a `problem`."""
    conversion.state = ConversionState.FAILED if problem else ConversionState.DONE
    conversion.problem = problem
    conversion.finished_at = timezone.now()
    conversion.leased_until = None
    conversion.save(update_fields=["state", "problem", "finished_at", "leased_until"])
    log.record(
        f"conversion.{conversion.state}",
        actor=conversion.started_by,
        project=conversion.run.project,
        target=f"{conversion.run} / conversion {conversion.pk}",
        problem=problem,
    )
    return conversion


def end_abandoned_conversions() -> int:
    """Mark every conversion as failed whose process was killed. Gives how many there were."""
    abandoned = Conversion.objects.select_related("run__project", "started_by").filter(
        state=ConversionState.RUNNING, leased_until__lt=timezone.now()
    )
    for conversion in abandoned:
        end_conversion(conversion=conversion, problem="Its process was killed.")
    return len(abandoned)
