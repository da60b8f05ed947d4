"""What is computed another way on a GPU is the same computation."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from training.engine.models.blocks import (
    Convolution,
    HybridUpscale,
    Residual,
    ToLargePicture,
    ToPicture,
    Upscale,
)
from training.engine.models.operations import by_places, filled_up, shuffled, stretch


def drawn(*shape: int) -> Tensor:
    generator = torch.Generator().manual_seed(sum(shape))
    return torch.randn(shape, generator=generator, dtype=torch.float64).requires_grad_()


def assert_alike(other: Tensor, usual: Tensor, given: tuple[Tensor, ...]) -> None:
    """The same values, and the same gradients of all that was given."""
    assert torch.allclose(other, usual, atol=1e-10)
    wish = torch.randn_like(usual)
    gradients = (torch.autograd.grad(each, given, wish) for each in (usual, other))
    for one, two in zip(*gradients, strict=True):
        assert torch.allclose(one, two, atol=1e-10)


@pytest.mark.parametrize(("kernel", "channels_out"), [(5, 3), (3, 12), (5, 1), (1, 1)])
def test_a_thin_convolution_by_places_is_a_convolution(kernel: int, channels_out: int) -> None:
    given = drawn(2, 16, 9, 11), drawn(channels_out, 16, kernel, kernel), drawn(channels_out)
    usual = functional.conv2d(*given, padding=kernel // 2)
    other = by_places(*given)
    assert_alike(other, usual, given)


@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize(("channels_in", "channels_out"), [(3, 126), (126, 8), (16, 5), (16, 8)])
def test_channels_filled_up_with_zeros_change_nothing(
    stride: int, channels_in: int, channels_out: int
) -> None:
    weight, bias = drawn(channels_out, channels_in, 5, 5), drawn(channels_out)
    given = drawn(2, channels_in, 8, 8), weight, bias
    usual = functional.conv2d(*given, stride=stride, padding=2)
    assert_alike(filled_up(*given, stride=stride), usual, given)


def test_shares_in_half_precision_are_added_up_in_single() -> None:
    features, weight = drawn(1, 16, 8, 8).bfloat16(), drawn(3, 16, 5, 5).bfloat16()
    made = by_places(features, weight, torch.zeros(3))
    assert made.dtype == torch.float32
    usual = functional.conv2d(features.double(), weight.double(), padding=2)
    assert (made - usual).abs().mean() < 0.01 * usual.abs().mean()


@pytest.mark.parametrize("factor", [2, 4, 6])
def test_stretching_is_bilinear(factor: int) -> None:
    features = drawn(2, 5, 7, 6)
    usual = functional.interpolate(features, scale_factor=factor, mode="bilinear")
    assert_alike(stretch(features, factor), usual, (features,))


@pytest.mark.parametrize("factor", [2, 3, 4])
def test_pixels_from_channels_are_as_usual(factor: int) -> None:
    features = drawn(2, 3 * factor * factor, 4, 5)
    usual = functional.pixel_shuffle(features, factor)
    assert_alike(shuffled(features, factor), usual, (features,))


def test_twin_convolutions_at_once_are_what_each_is_alone() -> None:
    layer, features = HybridUpscale(16, 8), torch.rand(1, 16, 5, 5)
    alone = [layer.upscale(features), stretch(layer.convolution(features), 2)]
    assert torch.allclose(layer(features), torch.cat(alone, dim=1), atol=1e-6)


def test_the_quarters_of_a_large_picture_at_once_are_what_each_is_alone() -> None:
    layer, features = ToLargePicture(16), torch.rand(2, 16, 6, 6)
    quarters = [layer.point(features), *(each(features) for each in layer.around)]
    alone = torch.stack(quarters, dim=2).flatten(1, 2)
    assert torch.allclose(layer._at_once(features), alone, atol=1e-5)


def test_an_upscale_puts_the_channels_of_a_place_beside_each_other() -> None:
    upscale = Upscale(1, 1, slope=1.0).double()
    with torch.no_grad():
        upscale.convolution.weight.zero_()
        upscale.convolution.bias.copy_(torch.tensor([1.0, 2.0, 3.0, 4.0]))
    assert upscale(torch.rand(1, 1, 2, 2).double())[0, 0, :2, :2].tolist() == [
        [1.0, 2.0],
        [3.0, 4.0],
    ]


def test_pictures_are_drawn_in_single_precision() -> None:
    drawn = ToPicture(4, 3, kernel=5).bfloat16()(torch.rand(1, 4, 6, 6).bfloat16())
    assert drawn.dtype == torch.float32
    assert drawn.shape == (1, 3, 6, 6)


def test_a_new_residual_is_close_to_the_straight_way() -> None:
    torch.manual_seed(0)
    residual = Residual(64)
    variances = [layer.weight.var().item() for layer in (residual.first, residual.second)]
    assert variances[1] / variances[0] == pytest.approx(0.1, rel=0.05)
    assert residual(torch.zeros(1, 64, 4, 4)).abs().max() == 0


def test_new_weights_are_he_uniform_and_biases_zero() -> None:
    torch.manual_seed(0)
    convolution = Convolution(32, 64, 3)
    reach = (6 / (32 * 9)) ** 0.5
    assert convolution.weight.abs().max().item() == pytest.approx(reach, rel=0.01)
    assert convolution.bias.abs().max() == 0
