"""What cannot be compiled is computed all the same, and the reason is told."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, distributed

from tests.training.engine import tiny
from training.engine import compiling
from training.engine.averaging import averaging
from training.engine.lesson import Lesson
from training.engine.losses import Weights
from training.engine.world import World

CPU = torch.device("cpu")
ALONE = World(rank=0, size=1, device=CPU, precision=torch.float32)


@pytest.fixture
def group(tmp_path: Path) -> Iterator[None]:
    """A group of one process, which DDP cannot tell from one of many."""
    store = distributed.FileStore(str(tmp_path / "store"), 1)
    distributed.init_process_group("gloo", store=store, rank=0, world_size=1)
    yield
    gc.collect()
    distributed.destroy_process_group()


def both(side: int) -> tuple[Tensor, Tensor]:
    return torch.rand(2, 3, side, side), torch.rand(2, 3, side, side)


def doubled(values: Tensor) -> Tensor:
    return values * 2


def test_on_a_cpu_nothing_is_compiled_unless_wished() -> None:
    assert compiling.compiled(doubled, when="auto", device=CPU) is doubled
    assert compiling.compiled(doubled, when=False, device=CPU) is doubled
    assert compiling.compiled(doubled, when=True, device=CPU) is not doubled


def test_when_compiling_fails_it_goes_on_without(capsys: pytest.CaptureFixture[str]) -> None:
    def broken(graph: Any, inputs: Any) -> Any:
        raise RuntimeError("no compiler here")

    function = compiling.Compiled(doubled, backend=broken)
    for _ in range(2):
        assert torch.equal(function(torch.ones(3)), torch.full((3,), 2.0))
    told = capsys.readouterr().err
    assert told.count("not compiled, so training is slower") == 1
    assert "no compiler here" in told


@pytest.mark.usefixtures("group")
def test_a_lesson_in_step_with_others_is_compiled_as_one_whole_and_teaches_the_same() -> None:
    given = both(tiny.SIZE), both(tiny.SIZE), both(tiny.SIZE)
    lesson = Lesson(tiny.Steady(), weights=Weights(), world=ALONE)
    torch.autograd.backward(lesson(*given).sum())
    usual = [weight.grad for weight in lesson.parameters()]

    graphs = []

    def counted(graph: torch.fx.GraphModule, inputs: list[Tensor]) -> torch.fx.GraphModule:
        graphs.append(graph)
        return graph

    together = averaging(lesson, compiling.Compiled(lesson, backend=counted), ALONE)
    for _ in range(3):
        lesson.zero_grad(set_to_none=True)
        torch.autograd.backward(together(*given).sum())
    assert len(graphs) == 1
    for weight, grad in zip(lesson.parameters(), usual, strict=True):
        assert torch.allclose(weight.grad, grad, atol=1e-7)
