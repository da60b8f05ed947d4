"""Memory use of a training."""

from __future__ import annotations

import re
import resource
import sys
from pathlib import Path

import psutil
import torch


def memory_in_use(device: torch.device) -> int:
    """Bytes: peak of the tensors on the GPU, or resident memory of this process now."""
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device)
    resident: int = psutil.Process().memory_info().rss
    return resident


def most_memory(device: torch.device) -> int:
    """Bytes: peak of the tensors on the GPU, or peak resident memory of this process."""
    if device.type == "cuda":
        return memory_in_use(device)
    # Not getrusage first: on Linux that begins with what the parent had.
    status = Path("/proc/self/status")
    if status.is_file():
        peak = re.search(rb"^VmHWM:\s+(\d+) kB$", status.read_bytes(), re.MULTILINE)
        if peak:
            return int(peak[1]) * 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Linux counts kilobytes, macOS bytes.
    return most if sys.platform == "darwin" else most * 1024
