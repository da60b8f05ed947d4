"""Errors of the engine: each is a type with a code and a message."""

from __future__ import annotations

from typing import Any

from curation.files import DiskFull


class EngineError(Exception):
    """An error that ends a run: a code for programs and a message for people."""

    code = "engine_error"
    exit_code = 1

    def __init__(self, message: str, **context: Any) -> None:
        super().__init__(message)
        self.message = message
        self.context = context


class BadInput(EngineError):
    """Invalid input: retrying without correcting it is useless."""

    code = "bad_input"
    exit_code = 2


class ConfigWrong(BadInput):
    code = "config_wrong"


class RunFolderUnusable(BadInput):
    code = "run_folder_unusable"


class FolderUnusable(BadInput):
    """A folder of pictures is missing or empty."""

    code = "folder_unusable"


class OutputUnusable(BadInput):
    """Where something is to be written cannot be made, or not be written to."""

    code = "output_unusable"


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
    """A landmarks file cannot be read, or its points do not form a face."""

    code = "landmarks_wrong"


class FinderMissing(BadInput):
    """A face must be detected, but no face detector is installed."""

    code = "finder_missing"


class SegmentationWrong(BadInput):
    """Segmentation weights cannot be read, or produce no mask."""

    code = "segmentation_wrong"


class CheckpointWrong(BadInput):
    """A checkpoint is missing, damaged, or of another model or other releases."""

    code = "checkpoint_wrong"


class CommandWrong(BadInput):
    """A command to a running training is invalid; training continues unchanged."""

    code = "command_wrong"


class DeviceMissing(BadInput):
    code = "device_missing"


class BatchNotDivisible(BadInput):
    code = "batch_not_divisible"


class ConversionRefused(BadInput):
    """A conversion cannot be done with this input and output."""

    code = "conversion_refused"


class TruthWrong(BadInput):
    """Ground-truth pictures, or the swaps to compare with them, are missing or do not match."""

    code = "truth_wrong"


class Crashed(EngineError):
    """An unexpected error, or a process of the run that died; retrying may help."""

    code = "crashed"


class LossNotFinite(EngineError):
    code = "loss_not_finite"


class RateNotFound(EngineError):
    code = "rate_not_found"


class PermissionLost(EngineError):
    """The supervisor, who asks for consent each second, fell silent or forbade it."""

    code = "permission_lost"


class OutOfMemory(EngineError):
    code = "out_of_memory"


class NotMarked(EngineError):
    """An output could not be marked as generated, so it was not written."""

    code = "not_marked"


FAILURES = (EngineError, DiskFull)
"""Everything that ends a command with a message: each has code, message and context."""


class Stopped(Exception):
    """A stop was requested: not an error, but the way out of a long preparation."""
