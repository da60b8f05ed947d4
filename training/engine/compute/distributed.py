"""The processes that train together, and the device of each."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import torch
from torch import Tensor, distributed

from training.engine.errors import BatchNotDivisible, DeviceMissing
from training.engine.run.config import RunConfig

# The first process may cut out thousands of faces while the others wait for it.
TIMEOUT = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class DistributedContext:
    """One process of a run: its rank, the world size, its device and precision."""

    rank: int
    size: int
    device: torch.device
    precision: torch.dtype
    """Dtype of the model's autocast; weights and losses are always float32."""

    @property
    def is_main(self) -> bool:
        """Whether this process reports, writes and takes commands."""
        return self.rank == 0

    def autocast(self) -> torch.autocast:
        """Autocast to this context's precision."""
        half = self.precision != torch.float32
        return torch.autocast(self.device.type, dtype=self.precision, enabled=half)

    def to_device(self, values: Tensor) -> Tensor:
        """CPU values copied to this process's device, asynchronously."""
        if self.device.type != "cuda":
            return values
        # Only from pinned memory is the copy asynchronous.
        return values.pin_memory().to(self.device, non_blocking=True)

    def share(self, batch_size: int) -> slice:
        """This process's share of the global batch."""
        each = batch_size // self.size
        return slice(self.rank * each, (self.rank + 1) * each)

    def all_reduce(self, values: Tensor) -> Tensor:
        """The sum over all processes, the same in each."""
        if self.size > 1:
            distributed.all_reduce(values)
        return values

    def all_gather(self, values: Tensor) -> list[Tensor]:
        """Every process's CPU tensor, in order; all must be of one shape."""
        if self.size == 1:
            return [values]
        # NCCL moves only what is on its GPUs.
        here = values.to(self.device)
        gathered = [torch.empty_like(here) for _ in range(self.size)]
        distributed.all_gather(gathered, here)
        return [each.cpu() for each in gathered]


def num_processes() -> int:
    """Number of processes that torchrun started; 1 without it."""
    return int(os.environ.get("WORLD_SIZE", "1"))


def plan_context(config: RunConfig) -> DistributedContext:
    """This process's context, from the environment that torchrun sets.

    Raises DeviceMissing when there are not enough GPUs, BatchNotDivisible when the
    batch is not divisible by the number of processes.
    """
    rank, size = int(os.environ.get("RANK", "0")), num_processes()
    device = _device(config)
    if config.batch_size % size:
        raise BatchNotDivisible(
            f"A batch_size of {config.batch_size} is not divisible by {size} processes; "
            f"choose a multiple of {size}.",
            batch_size=config.batch_size,
            processes=size,
        )
    return DistributedContext(
        rank=rank, size=size, device=device, precision=_precision(config, device)
    )


@contextmanager
def process_group(context: DistributedContext) -> Iterator[None]:
    """The torch.distributed process group, from when all have joined until all leave."""
    if context.device.type == "cuda":
        torch.cuda.set_device(context.device)
        # Models compute in bf16; the rest, such as the losses, in exact float32.
        torch.set_float32_matmul_precision("highest")
        torch.backends.cudnn.benchmark = True
    if context.size == 1:
        yield
        return
    on_gpu = context.device.type == "cuda"
    distributed.init_process_group(
        "nccl" if on_gpu else "gloo", timeout=TIMEOUT, device_id=context.device if on_gpu else None
    )
    ended_well = False
    try:
        # NCCL joins lazily: without a barrier faces would be read before they are extracted.
        distributed.barrier()
        yield
        # Once one has left, torchrun gives the others 30 seconds; saving may take longer.
        distributed.barrier()
        ended_well = True
    finally:
        # NCCL waits for the others here, and they may be waiting for this failed process.
        if ended_well or not on_gpu:
            distributed.destroy_process_group()


def _device(config: RunConfig) -> torch.device:
    num_gpus, num_here = torch.cuda.device_count(), int(os.environ.get("LOCAL_WORLD_SIZE", "1"))
    if config.device == "cpu" or (config.device == "auto" and num_gpus == 0):
        return torch.device("cpu")
    # Every process refuses, not only those without a GPU, so that the main one reports it.
    if num_here > num_gpus:
        raise DeviceMissing(
            f"{num_here} processes on this machine need a GPU each, but torch sees {num_gpus}. "
            'Start fewer processes, or set "device": "cpu".',
            gpus=num_gpus,
        )
    return torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")))


def _precision(config: RunConfig, device: torch.device) -> torch.dtype:
    match config.precision:
        case "fp32":
            return torch.float32
        case "bf16":
            return torch.bfloat16
        case "auto":
            fast = device.type == "cuda" or _cpu_is_quick_at_bf16()
            return torch.bfloat16 if fast else torch.float32


def _cpu_is_quick_at_bf16() -> bool:
    """Whether the CPU has bf16 instructions; without them bf16 is slower than float32."""
    capabilities = torch.cpu.get_capabilities()
    return bool(capabilities.get("avx512_bf16") or capabilities.get("amx_bf16"))
