"""Tensors on their way into a `.safetensors` file, which is written whole or not at all."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import save_file
from torch import Tensor, nn

from training.engine.durable import whole_file
from training.engine.errors import LossNotFinite

_SYSTEM_ERROR = re.compile(r"\(os error (\d+)\)")


def write_tensors(path: Path, tensors: dict[str, Tensor]) -> str:
    """Put CPU tensors under `path`; gives the file's SHA-256 in hex. The GIL is free meanwhile.

    Raises DiskFull when there is no room.
    """
    with whole_file(path) as partial:
        try:
            save_file(tensors, partial)
        except SafetensorError as error:
            # It tells a full disk only in words; those who wait for OSError must learn of it.
            told = _SYSTEM_ERROR.search(str(error))
            if told is None:
                raise
            number = int(told[1])
            raise OSError(number, os.strerror(number), str(path)) from error
        return digest_of(partial)


def digest_of(path: Path) -> str:
    """The file's SHA-256 in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def refuse_spoilt(tensors: dict[str, Tensor], *, step: int) -> None:
    """Raise LossNotFinite when a number in `tensors` is infinite or none at all.

    They are looked at where they lie, and waited for once.
    """
    numbers = {
        name: tensor
        for name, tensor in tensors.items()
        if tensor.is_floating_point() and tensor.numel()
    }
    largest = nn.utils.get_total_norm([*numbers.values()], norm_type=float("inf"))
    if torch.isfinite(largest):
        return
    spoilt = next(name for name, tensor in numbers.items() if not torch.isfinite(tensor).all())
    raise LossNotFinite(
        f"{spoilt} is no longer a finite number at step {step}, so nothing was saved; "
        "the checkpoint before is good. Go on from it with a smaller learning_rate.",
        step=step,
    )


def on_cpu(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}


def halved(tensor: Tensor) -> Tensor:
    """A tensor of numbers in half precision, unless one of them is too large for that."""
    if not tensor.is_floating_point():
        return tensor
    half = tensor.half()
    # Half precision ends at 65,504.
    return half if torch.isfinite(half).all() else tensor
