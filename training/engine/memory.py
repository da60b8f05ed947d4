"""How much memory a training takes."""

from __future__ import annotations

import resource
import sys

import psutil
import torch


def memory_in_use(device: torch.device) -> int:
    """Bytes: the most that tensors took on the GPU so far, or what this process takes now."""
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device)
    resident: int = psutil.Process().memory_info().rss
    return resident


def most_memory(device: torch.device) -> int:
    """Bytes: the most that tensors took on the GPU so far, or that this process took."""
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device)
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Linux counts kilobytes, macOS bytes.
    return most if sys.platform == "darwin" else most * 1024
