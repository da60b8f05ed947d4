"""What went wrong with a run and what to do, in words for people who did not write the engine."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from training.runs.models import Run

_LAY_OUT_AGAIN = _(
    "The releases in the run's folder are incomplete or were changed. Delete its folders a and b "
    "on the server, then resume: they are written again."
)

SENTENCES: dict[str, Promise] = {
    # By the supervisor.
    "consent_missing": _(
        "Stopped, because consent to train is no longer in force for both people. Their pictures "
        "are no longer used for training."
    ),
    "not_started": _("The trainer could not be started. Fix the cause shown below, then resume."),
    "trainer_died": _(
        "The trainer died several times without a new checkpoint. "
        "Look into its log on the server, then resume."
    ),
    # By the trainer, about what the site gave it.
    "config_wrong": _(
        "The trainer does not accept the settings of this run. Start a new run with other settings."
    ),
    "model_unknown": _(
        "The trainer does not know this model. Update the server, or start a new run with another "
        "model."
    ),
    "manifest_missing": _LAY_OUT_AGAIN,
    "manifest_changed": _LAY_OUT_AGAIN,
    "manifest_wrong": _LAY_OUT_AGAIN,
    "image_missing": _LAY_OUT_AGAIN,
    "image_changed": _LAY_OUT_AGAIN,
    "landmarks_wrong": _(
        "The landmarks in the run's folder cannot be used. "
        "Replace or delete that file, then resume."
    ),
    "segmentation_wrong": _(
        "The segmentation weights cannot be used. Replace that file on the server, then resume."
    ),
    "too_few_faces": _(
        "Too few usable faces were found in a release. Keep more pictures that show the face "
        "clearly, freeze a new release and start a new run."
    ),
    "checkpoint_wrong": _(
        "The last checkpoint is damaged or belongs to another run. On the server, go back to the "
        "best checkpoint, or delete the folder checkpoints to start from step 0; then resume."
    ),
    # By the trainer, about the machine.
    "finder_missing": _(
        "The face detector is not installed on this machine. Install the packages of "
        "requirements.txt, then resume."
    ),
    "device_missing": _(
        "There are fewer GPUs than the run was started with. Free or add a GPU, then resume."
    ),
    "batch_not_divisible": _(
        "The batch size cannot be shared evenly by the GPUs. "
        "Start a new run with a batch size that the number of GPUs divides."
    ),
    "out_of_memory": _(
        "Out of memory. Start a new run with a smaller batch size or a smaller model."
    ),
    "disk_full": _("The disk is full. Make room, then resume."),
    "permission_lost": _(
        "The trainer ended, because no supervisor asked for consent any more. "
        "Start the supervisor on the server, then resume."
    ),
    # By the training itself.
    "loss_not_finite": _(
        "Training diverged: the loss is no longer a number. The last checkpoint is good: resume "
        "from it. If it diverges again, start a new run with another batch size or model."
    ),
    "crashed": _(
        "The trainer crashed. Resume to go on from the last checkpoint; if it happens again, "
        "its log on the server says more."
    ),
}
"""By the code that the supervisor or the engine gives: what happened, and the cure."""


def problem_of(run: Run) -> str | None:
    """The run's problem as a sentence in the reader's language; None while all is well."""
    if not run.problem_code:
        return None
    return str(SENTENCES.get(run.problem_code) or _("The trainer failed."))
