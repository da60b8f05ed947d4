"""What cannot be compiled is computed all the same, and the reason is told."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from training.engine.compute import compiling

CPU = torch.device("cpu")


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
    output = capsys.readouterr().err
    assert output.count("torch.compile failed, training runs uncompiled") == 1
    assert "no compiler here" in output
