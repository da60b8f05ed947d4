"""Averages the gradients of several processes, so that all take the same step."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import distributed, nn

from training.engine.compute.distributed import DistributedContext


class GradientAllReduce:
    """Averages a model's gradients over all processes.

    They travel as one, in the order and layout of the weights: many small bundles would each wait
    for the other, and a sum is then the same in every run. Between GPUs that compute in bf16 they
    travel in bf16, half the bytes. Why not DistributedDataParallel: docs/adr/0009.
    """

    def __init__(self, model: nn.Module, context: DistributedContext) -> None:
        self._weights = [weight for weight in model.parameters() if weight.requires_grad]
        self._num_processes = context.size
        self._on_gpu = context.device.type == "cuda"
        dtype = context.precision if self._on_gpu else torch.float32
        num_values = sum(weight.numel() for weight in self._weights)
        self._bundle = torch.empty(num_values, dtype=dtype, device=context.device)
        parts = torch.split(self._bundle, [weight.numel() for weight in self._weights])
        # Laid out as the weights are, or to copy would be to shuffle.
        self._parts = [
            part.as_strided(weight.shape, weight.stride())
            for part, weight in zip(parts, self._weights, strict=True)
        ]
        # The seed is the same in all, but not what different processors make of it.
        for values in model.state_dict().values():
            distributed.broadcast(values, src=0)

    @contextmanager
    def overlapped(self) -> Iterator[None]:
        """Gradients are sent off on entering and averaged on leaving; work in between is free."""
        gradients = [weight.grad for weight in self._weights if weight.grad is not None]
        torch._foreach_copy_(self._parts, gradients)
        # Gloo, between CPUs, knows only the sum.
        operation = distributed.ReduceOp.AVG if self._on_gpu else distributed.ReduceOp.SUM
        all_reduce = distributed.all_reduce(self._bundle, op=operation, async_op=True)
        yield
        all_reduce.wait()
        if not self._on_gpu:
            self._bundle /= self._num_processes
        torch._foreach_copy_(gradients, self._parts)
