"""One step follows the gradient, no further than it may."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import torch
from torch import Tensor, nn

from training.engine.data.augment import Examples
from training.engine.data.loader import TrainingBatch
from training.engine.train.step import train_step


class Slope(nn.Module):
    """Its losses fall by 3 and 4 for each step of its two weights."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(2))

    def forward(self, *examples: object) -> Tensor:
        return self.weight * torch.tensor([3.0, 4.0])


@pytest.fixture
def batch() -> TrainingBatch:
    empty = torch.zeros(1, 3, 2, 2)
    examples = Examples(inputs=empty, targets=empty, masks=empty)
    return TrainingBatch(a=examples, b=examples)


@pytest.mark.parametrize(("clip_norm", "length"), [(0.0, 5.0), (2.0, 2.0), (9.0, 5.0)])
def test_a_gradient_is_followed_no_further_than_its_clip_norm(
    batch: TrainingBatch, clip_norm: float, length: float
) -> None:
    slope = Slope()
    optimizer = torch.optim.SGD(slope.parameters(), lr=1.0)
    losses = train_step(slope, optimizer, batch, parameters=slope.parameters(), clip_norm=clip_norm)
    assert losses.tolist() == [0.0, 0.0]
    assert not losses.requires_grad
    assert slope.weight.norm().item() == pytest.approx(length, rel=1e-5)
    # Only its length is cut, not its direction.
    assert (slope.weight[1] / slope.weight[0]).item() == pytest.approx(4 / 3, rel=1e-5)


def test_gradients_are_averaged_before_they_are_clipped_and_other_work_is_done_meanwhile(
    batch: TrainingBatch,
) -> None:
    slope, done = Slope(), []

    @contextmanager
    def all_reduce() -> Iterator[None]:
        done.append("sent")
        yield
        done.append("averaged")
        assert slope.weight.grad is not None
        slope.weight.grad.copy_(torch.tensor([0.0, 6.0]))

    train_step(
        slope,
        torch.optim.SGD(slope.parameters(), lr=1.0),
        batch,
        parameters=slope.parameters(),
        clip_norm=2.0,
        all_reduce=all_reduce,
        meanwhile=lambda: done.append("next batch made"),
    )
    assert done == ["sent", "next batch made", "averaged"]
    assert slope.weight.tolist() == pytest.approx([0.0, -2.0], rel=1e-5)
