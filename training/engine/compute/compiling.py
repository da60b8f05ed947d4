"""torch.compile with a fallback to eager execution."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import torch
from torch._dynamo.exc import TorchDynamoException

from training.engine.run.events import say

Compile = Literal["auto", True, False]


class Compiled:
    """Calls the compiled function; after a compile error the plain one."""

    def __init__(self, plain: Callable[..., Any], **options: Any) -> None:
        self._plain = plain
        self._compiled: Callable[..., Any] | None = torch.compile(plain, dynamic=False, **options)

    def __call__(self, *given: Any) -> Any:
        if self._compiled is not None:
            try:
                return self._compiled(*given)
            except TorchDynamoException as error:
                reason = " ".join(str(error).split("\n\n")[0].split())
                say(f"torch.compile failed, training runs uncompiled and slower: {reason}")
                self._compiled = None
        return self._plain(*given)


def compiled(
    plain: Callable[..., Any], *, when: Compile, device: torch.device, graphs: bool = False
) -> Callable[..., Any]:
    """`plain`, compiled when asked for; `auto` compiles on a GPU.

    With `graphs` CUDA graphs launch a whole step at once, without gaps between small kernels.
    """
    if not (device.type == "cuda" if when == "auto" else when):
        return plain
    if graphs and device.type == "cuda":
        return Compiled(plain, mode="reduce-overhead")
    return Compiled(plain)
