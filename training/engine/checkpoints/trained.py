"""Loads a trained model for inference."""

from __future__ import annotations

import torch

from training.engine.checkpoints.checkpoint import Checkpoint
from training.engine.models.face_model import Architecture, FaceModel
from training.engine.models.registry import architecture_named


def open_trained(checkpoint: Checkpoint, device: torch.device) -> tuple[Architecture, FaceModel]:
    """The model of a checkpoint on a device, with its averaged weights if it has them.

    Raises CheckpointWrong or ModelUnknown.
    """
    architecture = architecture_named(checkpoint.about["model"])
    model = architecture.build(learn_mask=checkpoint.config.learn_mask)
    checkpoint.load_model(model, ema=True)
    model = model.to(device).eval()
    if device.type == "cuda":
        torch.backends.cudnn.benchmark = True
        # As in training: convolutions are quickest in channels_last.
        model = model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return architecture, model
