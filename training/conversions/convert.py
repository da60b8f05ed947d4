"""Apply a checkpoint to pictures or a video."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from curation.jobs import LeaseLost
from curation.projects.models import User
from curation.subjects.models import Act
from training.conversions.begin_conversion import begin_conversion
from training.conversions.end_conversion import end_abandoned_conversions, end_conversion
from training.conversions.errors import NoCheckpoint
from training.conversions.models import Conversion, Into
from training.engine.run.checkpoint_files import SavedCheckpoint
from training.engine.run.folder import CONVERSIONS
from training.launchers.leashed import start_leashed
from training.runs.gate import both_covered
from training.runs.models import Run
from training.runs.run_folder import checkpoints_of, folder_of

_SECONDS_BETWEEN_LOOKS = 0.5


def convert(
    *,
    run: Run,
    into: Into,
    source: Path,
    target: Path,
    checkpoint_step: int | None = None,
    actor: User | None = None,
    report: Callable[[str], None] = lambda _text: None,
) -> Conversion:
    """Put a face of `run` into `source` and write the labelled result to `target`.

    It takes the last checkpoint, or the one of `checkpoint_step`. What the engine says goes to
    `report` as it comes. A failure is noted in the conversion that is returned.
    Raises NoCheckpoint, ConsentMissing or InvalidInput, before anything is recorded.
    """
    end_abandoned_conversions()
    checkpoint = _chosen(run, checkpoint_step)
    conversion = begin_conversion(
        run=run, checkpoint=checkpoint, into=into, source=source, target=target, actor=actor
    )
    asked = [
        *("--checkpoint", str(checkpoint.path)),
        *("--input", str(source), "--output", str(target), "--into", into.value),
    ]
    log = folder_of(run) / CONVERSIONS / f"{conversion.pk}.log"
    log.parent.mkdir(exist_ok=True)
    try:
        problem = _run(asked, log=log, conversion=conversion, report=report)
    except BaseException:  # Ctrl-C as well: the row must not say for ever that it runs
        end_conversion(conversion=conversion, problem="It was interrupted.")
        raise
    end_conversion(conversion=conversion, problem=problem)
    conversion.refresh_from_db()
    return conversion


def _chosen(run: Run, step: int | None) -> SavedCheckpoint:
    saved = {checkpoint.step: checkpoint for checkpoint in checkpoints_of(run)}
    if not saved:
        raise NoCheckpoint(_("This run has no checkpoint yet. Train it for a while first."))
    if step is None:
        return saved[max(saved)]
    if step not in saved:
        raise NoCheckpoint(
            _("There is no checkpoint at step %(step)d. There are: %(steps)s.")
            % {"step": step, "steps": ", ".join(str(each) for each in saved)},
            step=step,
        )
    return saved[step]


def _run(
    asked: list[str], *, log: Path, conversion: Conversion, report: Callable[[str], None]
) -> str:
    """Run the engine to its end; gives what went wrong, blank when nothing did."""
    with log.open("wb") as output, log.open(encoding="utf-8", errors="replace") as said:
        # On a leash: when we are killed, nobody sees to it any more that consent still holds.
        process = start_leashed("training.engine.convert", *asked, output=output)
        try:
            last = ""
            while True:
                ended = process.poll() is not None
                last = _report_lines(said.read(), report) or last
                if ended:
                    return "" if process.returncode == 0 else last or "The engine crashed."
                if not both_covered(conversion.run, Act.PUBLISH):
                    return "Consent to publish was withdrawn meanwhile."
                conversion.renew()
                time.sleep(_SECONDS_BETWEEN_LOOKS)
        except LeaseLost:
            return "It was silent for so long that it was taken for killed."
        finally:
            process.kill()
            process.communicate()


def _report_lines(text: str, report: Callable[[str], None]) -> str:
    """Pass text on line by line; gives the last line that says something."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    for line in lines:
        report(line)
    return lines[-1] if lines else ""
