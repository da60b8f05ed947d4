"""Averages the gradients of several processes, so that all take the same step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.distributed.algorithms.ddp_comm_hooks.default_hooks import bf16_compress_hook
from torch.nn.parallel import DistributedDataParallel

from training.engine.lesson import Lesson
from training.engine.world import World


class Computed(nn.Module):
    """A lesson that is computed by its compiled self; a module, because DDP takes nothing else."""

    def __init__(self, lesson: Lesson, compute: Callable[..., Tensor]) -> None:
        super().__init__()
        self.lesson = lesson
        # In a tuple, or torch would take what was compiled for a second lesson.
        self._compute = (compute,)

    def forward(self, *given: Any) -> Tensor:
        return self._compute[0](*given)


def averaging(lesson: Lesson, compute: Callable[..., Tensor], world: World) -> nn.Module:
    """`compute`, which computes `lesson`, in step with the other processes.

    The compiled whole lies inside, not outside: compiled with DDP around, it would be cut at every
    bundle of gradients, and no CUDA graph can hold that. So the gradients are averaged when all
    are there, a millisecond or two for a step; in bf16 as they were computed, which halves it, and
    in one bundle: nothing is computed meanwhile, and many small ones would each wait for the other.
    """
    torch._dynamo.config.optimize_ddp = False
    on_gpu = world.device.type == "cuda"
    num_bytes = sum(weight.numel() * weight.element_size() for weight in lesson.parameters())
    averaged = DistributedDataParallel(
        Computed(lesson, compute),
        device_ids=[world.device.index] if on_gpu else None,
        gradient_as_bucket_view=True,
        bucket_cap_mb=num_bytes // 2**20 + 1,
        # There are none. But it keeps DDP from bundling gradients anew after its first step:
        # gloo would add them up in another order, which a resumed run would begin without.
        find_unused_parameters=not on_gpu,
    )
    if on_gpu and world.precision == torch.bfloat16:
        averaged.register_comm_hook(None, bf16_compress_hook)
    return averaged
