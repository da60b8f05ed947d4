"""What went wrong with a run, in words for people who did not write the engine."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from training.runs.models import Run

_SENTENCES: dict[str, Promise] = {
    "consent_missing": _(
        "Stopped, because consent to train is no longer in force for both people. "
        "Nothing more is learnt from their pictures."
    ),
    "not_started": _("The trainer could not be started."),
    "trainer_died": _("The trainer died several times without a new checkpoint."),
    "too_few_faces": _("Too few usable faces were found in a release."),
    "out_of_memory": _("The memory is full. Take a smaller batch size."),
    "disk_full": _("The disk is full. Make room, then resume."),
    "loss_not_finite": _(
        "The training came off the rails: a loss was no longer a number. "
        "The checkpoint before that is good."
    ),
    "checkpoint_wrong": _("The last checkpoint cannot be used."),
    "image_changed": _("A picture in the run's folder is not the released one."),
    "image_missing": _("A picture of the release is missing from the run's folder."),
    "batch_not_divisible": _("The GPUs cannot share this batch size evenly."),
}


def problem_of(run: Run) -> str | None:
    """The run's problem as a sentence in the reader's language; None while all is well."""
    if not run.problem_code:
        return None
    return str(_SENTENCES.get(run.problem_code) or _("The trainer gave up."))
