"""Gradient all-reduce: averages the gradients over all processes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import distributed, nn

from training.engine.compute.distributed import DistributedContext


class GradientAllReduce:
    """Averages a model's gradients over all processes in one all-reduce a step.

    They are one flat buffer, in the order and memory layout of the weights, so there is one message
    and the sum is reproducible. Between GPUs that compute in bf16 it is sent in bf16. Why not
    DistributedDataParallel: docs/adr/0009.
    """

    def __init__(self, model: nn.Module, context: DistributedContext) -> None:
        self._weights = [weight for weight in model.parameters() if weight.requires_grad]
        self._num_processes = context.size
        self._on_gpu = context.device.type == "cuda"
        dtype = context.precision if self._on_gpu else torch.float32
        num_values = sum(weight.numel() for weight in self._weights)
        self._buffer = torch.empty(num_values, dtype=dtype, device=context.device)
        parts = torch.split(self._buffer, [weight.numel() for weight in self._weights])
        # The memory layout of the weights, or every copy would be a transpose.
        self._parts = [
            part.as_strided(weight.shape, weight.stride())
            for part, weight in zip(parts, self._weights, strict=True)
        ]
        # The seed is the same, but different hardware may initialise differently.
        for values in model.state_dict().values():
            distributed.broadcast(values, src=0)

    @contextmanager
    def overlapped(self) -> Iterator[None]:
        """Starts the all-reduce on entering and waits on leaving; work in between overlaps."""
        gradients = [weight.grad for weight in self._weights if weight.grad is not None]
        torch._foreach_copy_(self._parts, gradients)
        # Gloo, between CPUs, has no average.
        operation = distributed.ReduceOp.AVG if self._on_gpu else distributed.ReduceOp.SUM
        all_reduce = distributed.all_reduce(self._buffer, op=operation, async_op=True)
        yield
        all_reduce.wait()
        if not self._on_gpu:
            self._buffer /= self._num_processes
        torch._foreach_copy_(gradients, self._parts)
