"""Several processes take one step: the mean of what each of them would have done."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, distributed, multiprocessing, nn

from training.engine.compute.distributed import DistributedContext
from training.engine.compute.gradient_all_reduce import GradientAllReduce

NUM_PROCESSES = 3


def model(seed: int) -> nn.Sequential:
    """With weights of two layouts, as on a GPU, and one that is left as it is."""
    torch.manual_seed(seed)
    layers = nn.Sequential(nn.Conv2d(3, 5, 3), nn.Flatten(), nn.Linear(20, 2), nn.BatchNorm1d(2))
    layers[2].bias.requires_grad_(False)
    return layers.to(memory_format=torch.channels_last)  # type: ignore[call-overload, no-any-return]


def pictures(rank: int) -> Tensor:
    return torch.rand(6, 3, 4, 4, generator=torch.Generator().manual_seed(rank))


def gradients(layers: nn.Module) -> list[Tensor]:
    return [weight.grad for weight in layers.parameters() if weight.grad is not None]


def take_part(rank: int, folder: Path) -> None:
    store = distributed.FileStore(str(folder / "store"), NUM_PROCESSES)
    distributed.init_process_group("gloo", store=store, rank=rank, world_size=NUM_PROCESSES)
    device = torch.device("cpu")
    context = DistributedContext(
        rank=rank, size=NUM_PROCESSES, device=device, precision=torch.bfloat16
    )
    layers = model(seed=rank)
    all_reduce = GradientAllReduce(layers, context)
    reduced = []
    for _ in range(2):
        layers.zero_grad(set_to_none=True)
        layers(pictures(rank)).square().sum().backward()
        with all_reduce.overlapped():
            pass
        reduced.append([gradient.clone() for gradient in gradients(layers)])
    torch.save({"weights": layers.state_dict(), "reduced": reduced}, folder / f"{rank}.pt")
    distributed.destroy_process_group()


def test_all_begin_with_the_first_ones_weights_and_get_the_mean_of_the_gradients(
    tmp_path: Path,
) -> None:
    multiprocessing.spawn(take_part, (tmp_path,), nprocs=NUM_PROCESSES)  # type: ignore[no-untyped-call]

    alone, sums = model(seed=0), []
    for rank in range(NUM_PROCESSES):
        alone.zero_grad()
        alone(pictures(rank)).square().sum().backward()
        sums.append(gradients(alone))
        alone.zero_grad(set_to_none=True)
    wanted = [torch.stack(each).mean(0) for each in zip(*sums, strict=True)]
    assert len(wanted) == 5
    for rank in range(NUM_PROCESSES):
        left = torch.load(tmp_path / f"{rank}.pt")
        for name, weight in alone.named_parameters():
            assert torch.equal(left["weights"][name], weight)
        for reduced in left["reduced"]:
            for gradient, mean in zip(reduced, wanted, strict=True):
                assert torch.allclose(gradient, mean, atol=1e-5)
