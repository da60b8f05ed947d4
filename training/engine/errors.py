"""What the engine refuses or gives up on: every reason is a type with a code and a sentence."""

from __future__ import annotations

from typing import Any

from curation.files import DiskFull


class EngineError(Exception):
    """A reason to end a run, told as a code for programs and a sentence for people."""

    code = "engine_error"
    exit_code = 1

    def __init__(self, message: str, **context: Any) -> None:
        super().__init__(message)
        self.message = message
        self.context = context


class BadInput(EngineError):
    """Something given to the engine is wrong; starting again without mending it is useless."""

    code = "bad_input"
    exit_code = 2


class ConfigWrong(BadInput):
    code = "config_wrong"


class RunFolderUnusable(BadInput):
    code = "run_folder_unusable"


class FolderUnusable(BadInput):
    """A folder of pictures is not there or holds none."""

    code = "folder_unusable"


class AlreadyRunning(BadInput):
    code = "already_running"


class ModelUnknown(BadInput):
    code = "model_unknown"


class ManifestMissing(BadInput):
    code = "manifest_missing"


class ManifestChanged(BadInput):
    code = "manifest_changed"


class ManifestWrong(BadInput):
    code = "manifest_wrong"


class ImageMissing(BadInput):
    code = "image_missing"


class ImageChanged(BadInput):
    code = "image_changed"


class TooFewFaces(BadInput):
    code = "too_few_faces"


class LandmarksWrong(BadInput):
    """A file of landmarks cannot be read, or they lie like nobody's face."""

    code = "landmarks_wrong"


class FinderMissing(BadInput):
    """A face must be found, but what finds faces is not installed here."""

    code = "finder_missing"


class SegmentationWrong(BadInput):
    """Segmentation weights cannot be read, or give no mask."""

    code = "segmentation_wrong"


class CheckpointWrong(BadInput):
    """A checkpoint is missing, damaged, or belongs to another model or other releases."""

    code = "checkpoint_wrong"


class CommandWrong(BadInput):
    """What was asked of a running training cannot be done; it goes on as it was."""

    code = "command_wrong"


class DeviceMissing(BadInput):
    code = "device_missing"


class BatchNotDivisible(BadInput):
    code = "batch_not_divisible"


class ConversionRefused(BadInput):
    """What was asked of a conversion cannot be done with this input and output."""

    code = "conversion_refused"


class TruthWrong(BadInput):
    """True pictures, or drawings to hold against them, are missing or do not belong together."""

    code = "truth_wrong"


class Crashed(EngineError):
    """Something nobody expected, or a process of the run that died; trying again may help."""

    code = "crashed"


class LossNotFinite(EngineError):
    code = "loss_not_finite"


class RateNotFound(EngineError):
    code = "rate_not_found"


class OutOfMemory(EngineError):
    code = "out_of_memory"


class NotMarked(EngineError):
    """An output could not be marked as generated, so it was not written."""

    code = "not_marked"


FAILURES = (EngineError, DiskFull)
"""All that can end a command of the engine with a sentence: each has code, message, context."""


class Stopped(Exception):
    """Somebody asked the run to stop; not an error, but the way out of a long preparation."""
