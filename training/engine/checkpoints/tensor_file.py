"""Writes `.safetensors` files atomically."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import torch
from torch import Tensor, nn

from curation.files import whole_file
from training.engine.errors import LossNotFinite

_DTYPES = {
    torch.float64: "F64",
    torch.float32: "F32",
    torch.float16: "F16",
    torch.bfloat16: "BF16",
    torch.int64: "I64",
    torch.int32: "I32",
    torch.int16: "I16",
    torch.int8: "I8",
    torch.uint8: "U8",
    torch.bool: "BOOL",
}


def write_tensors(path: Path, tensors: dict[str, Tensor]) -> str:
    """Write CPU tensors to `path`; returns the file's SHA-256 in hex. Releases the GIL.

    The library's save_file leaves a temporary file when it is killed, and reports a full disk
    only as text. Raises DiskFull when there is no room.
    """
    digest = hashlib.sha256()
    with whole_file(path) as partial, partial.open("wb") as file:
        for part in _parts(tensors):
            digest.update(part)
            file.write(part)
    return digest.hexdigest()


def _parts(tensors: dict[str, Tensor]) -> Iterator[bytes | memoryview]:
    """The parts of a `.safetensors` file: header length, header, data."""
    # Wider dtypes first, so that each tensor is aligned.
    ordered = sorted(tensors.items(), key=lambda named: (-named[1].element_size(), named[0]))
    header, end = {}, 0
    for name, tensor in ordered:
        start, end = end, end + tensor.numel() * tensor.element_size()
        header[name] = {
            "dtype": _DTYPES[tensor.dtype],
            "shape": list(tensor.shape),
            "data_offsets": [start, end],
        }
    header_bytes = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    header_bytes += b" " * (-len(header_bytes) % 8)
    yield len(header_bytes).to_bytes(8, "little")
    yield header_bytes
    for _, tensor in ordered:
        yield tensor.contiguous().reshape(-1).view(torch.uint8).numpy().data


def digest_of(path: Path) -> str:
    """The file's SHA-256 in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def refuse_spoilt(tensors: dict[str, Tensor], *, step: int) -> None:
    """Raise LossNotFinite when a value in `tensors` is infinite or NaN.

    Checked on their device with one synchronisation.
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
        f"{spoilt} is not finite at step {step}, so nothing was saved; the previous checkpoint "
        "is intact. Resume from it with a lower learning_rate.",
        step=step,
    )


def halved(tensor: Tensor) -> Tensor:
    """A floating-point tensor in half precision, unless a value is out of its range."""
    if not tensor.is_floating_point():
        return tensor
    half = tensor.half()
    # Half precision ends at 65,504.
    return half if torch.isfinite(half).all() else tensor
