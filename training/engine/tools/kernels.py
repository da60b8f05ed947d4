"""Profiles a training step: GPU time by kernel, CPU time by operator."""

from __future__ import annotations

import sys

import torch

from training.engine.train.session import Session

STEPS = 5
"""Profiled steps."""
Kernel = tuple[float, int, str]
"""Milliseconds per step, calls per step, and name."""


def profile_kernels(session: Session) -> list[Kernel]:
    """Kernels of a step on this process's device; every process must call it."""
    on_gpu, activity = session.context.device.type == "cuda", torch.profiler.ProfilerActivity
    with torch.profiler.profile(activities=[activity.CUDA if on_gpu else activity.CPU]) as profile:
        for step in range(STEPS):
            session.step(step + 1)
        if on_gpu:
            torch.cuda.synchronize()
    kernels = []
    for event in profile.key_averages():
        spent = event.self_device_time_total if on_gpu else event.self_cpu_time_total
        if spent > 0:
            kernels.append((spent / 1e3 / STEPS, event.count // STEPS, event.key))
    return kernels


def print_kernels(kernels: list[Kernel], *, device: str, seconds: float) -> None:
    """Print the device time of a step by kind, then the longest kernels.

    `seconds` is the wall time of a training step. Concurrent kernels count in full; communication
    includes the wait for the slowest process.
    """
    kinds: dict[str, float] = {}
    for milliseconds, _, name in kernels:
        kind = kind_of(name)
        kinds[kind] = kinds.get(kind, 0.0) + milliseconds
    total, called = sum(kinds.values()), "GPU" if device == "cuda" else "CPU"
    sys.stdout.write(f"{total:.2f} ms of {called} time a step of {1e3 * seconds:.2f} ms:\n")
    for kind, milliseconds in sorted(kinds.items(), key=lambda item: -item[1]):
        sys.stdout.write(f"  {milliseconds:8.2f} ms {milliseconds / total:6.1%} {kind}\n")
    for milliseconds, times, name in sorted(kernels, reverse=True)[:30]:
        sys.stdout.write(f"  {milliseconds:8.3f} ms x{times:<3} {name[:130]}\n")
    sys.stdout.flush()


def kind_of(kernel: str) -> str:
    """The kind of a kernel, by its name."""
    marks: dict[str, tuple[str, ...]] = {
        "compiled: elementwise, losses, augmentation": ("triton",),
        "optimizer": ("multi_tensor", "_fused_adam"),
        "convolutions and matrix products": (
            *("xmma", "cutlass", "gemm", "cudnn", "nvjet", "conv"),
            *("aten::addmm", "aten::mm"),
        ),
        "communication": ("nccl", "c10d", "gloo"),
        "copies": ("Memcpy", "Memset", "memcpy", "memset", "aten::copy_"),
    }
    return next(
        (kind for kind, known in marks.items() if any(mark in kernel for mark in known)), "other"
    )
