"""Optimizers and the learning-rate schedule."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor

from training.engine.run.config import RunConfig

BETAS, EPSILON = (0.9, 0.999), 1e-7


class AdaBelief(torch.optim.Optimizer):
    """AdaBelief (Zhuang et al. 2020)."""

    def __init__(
        self,
        params: Iterable[Tensor],
        lr: float,
        *,
        betas: tuple[float, float] = BETAS,
        eps: float = 1e-16,
        weight_decay: float = 0.0,
    ) -> None:
        usual = {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay}
        super().__init__(params, usual)

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> None:  # type: ignore[override]
        """One optimizer step, all weights of a group at once."""
        for group in self.param_groups:
            weights = [weight for weight in group["params"] if weight.grad is not None]
            if weights:
                self._step_group(group, weights)

    def _step_group(self, group: dict[str, Any], weights: list[Tensor]) -> None:
        first_beta, second_beta = group["betas"]
        states = [self._state_of(weight) for weight in weights]
        steps = [state["step"] for state in states]
        means = [state["exp_avg"] for state in states]
        surprises = [state["exp_avg_var"] for state in states]
        gradients = [weight.grad for weight in weights if weight.grad is not None]
        torch._foreach_add_(steps, 1)
        torch._foreach_lerp_(means, gradients, 1 - first_beta)
        apart = torch._foreach_sub(gradients, means)
        torch._foreach_mul_(surprises, second_beta)
        torch._foreach_addcmul_(surprises, apart, apart, 1 - second_beta)
        torch._foreach_add_(surprises, group["eps"])
        # Every weight has taken as many steps as every other: one number serves for all.
        count = float(steps[0])
        spread = torch._foreach_div(surprises, 1 - second_beta**count)
        torch._foreach_sqrt_(spread)
        torch._foreach_add_(spread, group["eps"])
        if group["weight_decay"]:
            torch._foreach_mul_(weights, 1 - group["lr"] * group["weight_decay"])
        pace = -group["lr"] / (1 - first_beta**count)
        torch._foreach_addcdiv_(weights, means, spread, pace)

    def _state_of(self, weight: Tensor) -> dict[str, Tensor]:
        state: dict[str, Tensor] = self.state[weight]
        if not state:
            state["step"] = torch.zeros(())
            state["exp_avg"] = torch.zeros_like(weight)
            state["exp_avg_var"] = torch.zeros_like(weight)
        return state


def build_optimizer(config: RunConfig, weights: Iterable[Tensor]) -> torch.optim.Optimizer:
    """The optimizer of the run, with fused or foreach kernels."""
    rate, decay = config.learning_rate, config.weight_decay
    match config.optimizer:
        case "adam":
            return torch.optim.Adam(weights, lr=rate, betas=BETAS, eps=EPSILON, fused=True)
        case "adamw":
            return torch.optim.AdamW(
                weights, lr=rate, betas=BETAS, eps=EPSILON, weight_decay=decay, fused=True
            )
        case "adabelief":
            return AdaBelief(weights, rate, weight_decay=decay)


def set_rate(optimizer: torch.optim.Optimizer, config: RunConfig, step: int) -> float:
    """Set the learning rate of this step, with linear warm-up; returns it."""
    share = min(1.0, step / config.warmup_steps) if config.warmup_steps else 1.0
    rate = config.learning_rate * share
    for group in optimizer.param_groups:
        group["lr"] = rate
    return rate
