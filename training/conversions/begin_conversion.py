"""Put a conversion on record, if both people's consents allow it."""

from __future__ import annotations

from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from curation.errors import InvalidInput
from curation.projects import log
from curation.projects.models import User
from curation.subjects.models import Act
from training.conversions.errors import NoCheckpoint
from training.conversions.models import Conversion, Into
from training.engine.run.checkpoint_files import SavedCheckpoint, keep
from training.runs.gate import require_consent_of_both
from training.runs.models import Run


@transaction.atomic
def begin_conversion(
    *,
    run: Run,
    checkpoint: SavedCheckpoint,
    into: Into,
    source: Path,
    target: Path,
    actor: User | None,
) -> Conversion:
    """Record that this process turns `source` into `target` with a checkpoint of `run`.

    The checkpoint is kept for good from then on: what was made with it can be made again.
    Raises ConsentMissing, InvalidInput when there is nothing to convert, or NoCheckpoint when a
    trainer has replaced the checkpoint meanwhile.
    """
    require_consent_of_both(run.release_a, run.release_b, Act.PUBLISH)
    if not source.exists():
        raise InvalidInput(_("There is nothing at %(path)s.") % {"path": source}, path=str(source))
    if not keep(checkpoint.path):
        raise NoCheckpoint(_("A newer checkpoint has just replaced this one. Try again."))
    conversion = Conversion(
        run=run,
        checkpoint_step=checkpoint.step,
        into=into,
        input_path=str(source),
        output_path=str(target),
        started_by=actor,
    )
    conversion.begin()
    log.record(
        "conversion.start",
        actor=actor,
        project=run.project,
        target=f"{run} / conversion {conversion.pk}",
        into=into.value,
        checkpoint_step=checkpoint.step,
        input=str(source),
        output=str(target),
    )
    return conversion
