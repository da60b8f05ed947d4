"""What is computed another way on a GPU is the same computation."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from training.engine.architectures.blocks import (
    HybridUpscale,
    ToLargePicture,
    by_places,
    stretch,
)


def drawn(*shape: int) -> Tensor:
    generator = torch.Generator().manual_seed(sum(shape))
    return torch.randn(shape, generator=generator, dtype=torch.float64).requires_grad_()


@pytest.mark.parametrize(("kernel", "channels_out"), [(5, 3), (3, 12), (5, 1), (1, 1)])
def test_a_thin_convolution_by_places_is_a_convolution(kernel: int, channels_out: int) -> None:
    given = drawn(2, 16, 9, 11), drawn(channels_out, 16, kernel, kernel), drawn(channels_out)
    usual = functional.conv2d(*given, padding=kernel // 2)
    other = by_places(*given)
    # The shares are added in float32.
    assert torch.allclose(other.double(), usual, atol=1e-4)
    wish = torch.randn_like(usual)
    usual_gradients = torch.autograd.grad(usual, given, wish)
    other_gradients = torch.autograd.grad(other, given, wish.to(other.dtype))
    for one, two in zip(usual_gradients, other_gradients, strict=True):
        assert torch.allclose(one, two.double(), atol=1e-4)


@pytest.mark.parametrize("factor", [2, 4, 6])
def test_stretching_is_bilinear(factor: int) -> None:
    features = drawn(2, 5, 7, 6)
    usual = functional.interpolate(features, scale_factor=factor, mode="bilinear")
    other = stretch(features, factor)
    assert torch.allclose(other, usual)
    wish = torch.randn_like(usual)
    (one,), (two,) = (torch.autograd.grad(each, features, wish) for each in (usual, other))
    assert torch.allclose(one, two)


def test_twin_convolutions_at_once_are_what_each_is_alone() -> None:
    layer, features = HybridUpscale(16, 8), torch.rand(1, 16, 5, 5)
    alone = [layer.upscale(features), stretch(layer.convolution(features), 2)]
    assert torch.allclose(layer(features), torch.cat(alone, dim=1), atol=1e-6)


def test_the_quarters_of_a_large_picture_at_once_are_what_each_is_alone() -> None:
    layer, features = ToLargePicture(16), torch.rand(2, 16, 6, 6)
    quarters = [layer.point(features), *(each(features) for each in layer.around)]
    alone = torch.stack(quarters, dim=2).flatten(1, 2)
    assert torch.allclose(layer._at_once(features), alone, atol=1e-5)
