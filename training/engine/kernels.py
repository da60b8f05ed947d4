"""Where a GPU's time goes in a step of training, kernel by kernel."""

from __future__ import annotations

import sys
from collections.abc import Callable

import torch

from training.engine.session import Session

Kernel = tuple[float, int, str]
"""Milliseconds in a step, how often it runs in one, and its name."""


def looked_into(session: Session) -> list[Kernel]:
    """What runs on this process's GPU in a step; every process must ask."""
    steps = 5
    with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CUDA]) as profile:
        for step in range(steps):
            session.step(step + 1)
        torch.cuda.synchronize()
    return [
        (event.self_device_time_total / 1e3 / steps, event.count // steps, event.key)
        for event in profile.key_averages()
        if event.self_device_time_total > 0
    ]


def tell_kernels(kernels: list[Kernel], *, seconds: float) -> None:
    """Where the GPU's time goes in a step, by kind of kernel and by the longest kernels.

    `seconds` are those of a step in training. What runs beside something else counts in full, and
    what is between GPUs counts from when the first of them has come.
    """
    kinds: dict[str, float] = {}
    for milliseconds, _, name in kernels:
        kind = kind_of(name)
        kinds[kind] = kinds.get(kind, 0.0) + milliseconds
    total = sum(kinds.values())
    sys.stdout.write(f"{total:.2f} ms of GPU time a step of {1e3 * seconds:.2f} ms:\n")
    for kind, milliseconds in sorted(kinds.items(), key=lambda item: -item[1]):
        sys.stdout.write(f"  {milliseconds:8.2f} ms {milliseconds / total:6.1%} {kind}\n")
    for milliseconds, times, name in sorted(kernels, reverse=True)[:30]:
        sys.stdout.write(f"  {milliseconds:8.3f} ms x{times:<3} {name[:130]}\n")
    sys.stdout.flush()


def kind_of(kernel: str) -> str:
    """What a kernel with such a name is for."""
    marks: dict[str, Callable[[str], bool]] = {
        "optimizer": lambda name: "multi_tensor" in name,
        "compiled: elementwise, losses, augmentation": lambda name: name.startswith("triton"),
        "convolutions and matrix products": lambda name: any(
            mark in name for mark in ("xmma", "cutlass", "gemm", "cudnn", "nvjet", "conv")
        ),
        "between GPUs": lambda name: "nccl" in name,
        "copies": lambda name: name.startswith(("Mem", "mem")),
    }
    return next((kind for kind, fits in marks.items() if fits(kernel)), "other")
