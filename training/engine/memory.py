"""How much memory a training takes."""

from __future__ import annotations

import psutil
import torch


def memory_in_use(device: torch.device) -> int:
    """Bytes: the most that tensors took on the GPU so far, or what this process takes now."""
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device)
    resident: int = psutil.Process().memory_info().rss
    return resident
