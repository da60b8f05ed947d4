"""Gradients become better weights as the formulas say."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import Tensor, nn

from training.engine.run.config import RunConfig, SideConfig
from training.engine.train.optimizers import AdaBelief, build_optimizer, set_rate

CONFIG = RunConfig(
    a=SideConfig(folder="a", manifest_sha256="0" * 64),
    b=SideConfig(folder="b", manifest_sha256="0" * 64),
    steps=10,
    learning_rate=0.01,
)


def gradients() -> list[Tensor]:
    generator = torch.Generator().manual_seed(0)
    return [torch.randn(3, 4, generator=generator) for _ in range(5)]


def adabelief_by_hand(weight: Tensor, *, rate: float, decay: float) -> Tensor:
    """Zhuang et al. 2020, algorithm 2, with decoupled decay, in plain loops."""
    mean, surprise, eps = torch.zeros_like(weight), torch.zeros_like(weight), 1e-16
    for step, gradient in enumerate(gradients(), start=1):
        mean = 0.9 * mean + 0.1 * gradient
        surprise = 0.999 * surprise + 0.001 * (gradient - mean) ** 2 + eps
        weight = weight * (1 - rate * decay)
        spread = (surprise / (1 - 0.999**step)).sqrt() + eps
        weight = weight - rate * mean / (1 - 0.9**step) / spread
    return weight


@pytest.mark.parametrize("decay", [0.0, 0.1])
def test_adabelief_is_its_formula(decay: float) -> None:
    weight = torch.nn.Parameter(torch.ones(3, 4))
    optimizer = AdaBelief([weight], 0.01, weight_decay=decay)
    for gradient in gradients():
        weight.grad = gradient
        optimizer.step()
    by_hand = adabelief_by_hand(torch.ones(3, 4), rate=0.01, decay=decay)
    assert torch.allclose(weight, by_hand, rtol=1e-4)


@pytest.mark.parametrize("name", ["adam", "adamw", "adabelief"])
def test_every_optimizer_goes_downhill(name: str) -> None:
    weight = torch.nn.Parameter(torch.tensor([3.0, -2.0]))
    config = CONFIG.changed(optimizer=name, learning_rate=0.1)
    optimizer = build_optimizer(config, [weight])
    for _ in range(200):
        optimizer.zero_grad()
        (weight**2).sum().backward()
        optimizer.step()
    assert weight.abs().max() < 0.1


def test_the_learning_rate_rises_to_its_height_and_stays() -> None:
    optimizer = build_optimizer(CONFIG, [torch.nn.Parameter(torch.ones(2))])
    warming = CONFIG.changed(warmup_steps=4)
    rates = [set_rate(optimizer, warming, step) for step in range(1, 7)]
    assert rates == pytest.approx([0.0025, 0.005, 0.0075, 0.01, 0.01, 0.01])
    assert optimizer.param_groups[0]["lr"] == 0.01
    assert set_rate(optimizer, CONFIG, 1) == 0.01


def stepped(config: RunConfig, gradient: Tensor) -> Tensor:
    """Weights of one after a step along that gradient."""
    weight = nn.Parameter(torch.ones_like(gradient))
    optimizer = build_optimizer(config, [weight])
    weight.grad = gradient
    optimizer.step()
    return weight.detach()


@pytest.mark.parametrize("name", ["adamw", "adabelief"])
def test_weights_decay_by_their_share(name: str) -> None:
    config = CONFIG.changed(optimizer=name, learning_rate=0.01)
    still = torch.zeros(4)
    assert torch.equal(stepped(config, still), torch.ones(4))
    decayed = stepped(config.changed(weight_decay=0.5), still)
    assert decayed.tolist() == pytest.approx([1 - 0.01 * 0.5] * 4, rel=1e-6)


def test_adam_is_not_slowed_by_decay() -> None:
    config = CONFIG.changed(optimizer="adam", weight_decay=0.5)
    assert torch.equal(stepped(config, torch.zeros(4)), torch.ones(4))


@pytest.mark.parametrize("name", ["adam", "adamw", "adabelief"])
def test_a_copied_optimizer_goes_on_alike(name: str) -> None:
    """All that it knows lies in its state, which is what a checkpoint keeps."""
    config = CONFIG.changed(optimizer=name, learning_rate=0.05)
    first = nn.Parameter(torch.ones(3, 4))
    optimizer = build_optimizer(config, [first])
    for gradient in gradients()[:2]:
        first.grad = gradient
        optimizer.step()
    second = nn.Parameter(first.detach().clone())
    other = build_optimizer(config, [second])
    other.load_state_dict(copy.deepcopy(optimizer.state_dict()))
    for gradient in gradients()[2:]:
        first.grad, second.grad = gradient, gradient.clone()
        optimizer.step()
        other.step()
    assert torch.equal(first, second)
