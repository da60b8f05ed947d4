"""The pieces that the models are put together from."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

from training.engine.architectures import Drawn


class Convolution(nn.Conv2d):
    """A convolution that divides the side by `stride`; He-uniform weights, biases of zero.

    On a GPU its channels are filled up with zeros to a multiple of eight, which is how many
    tensor cores read at once: odd counts would cost several times the time. The result and the
    learnt weights are the same.
    """

    bias: Tensor

    def __init__(self, channels_in: int, channels_out: int, kernel: int, *, stride: int = 1):
        super().__init__(channels_in, channels_out, kernel, stride, padding=kernel // 2)
        nn.init.kaiming_uniform_(self.weight, nonlinearity="relu")
        nn.init.zeros_(self.bias)

    def forward(self, features: Tensor) -> Tensor:
        more_in, more_out = -self.in_channels % 8, -self.out_channels % 8
        if features.device.type != "cuda" or not (more_in or more_out):
            return super().forward(features)
        filled = functional.conv2d(
            functional.pad(features, (0, 0, 0, 0, 0, more_in)),
            functional.pad(self.weight, (0, 0, 0, 0, 0, more_in, 0, more_out)),
            functional.pad(self.bias, (0, more_out)),
            self.stride,
            self.padding,
        )
        return filled[:, : self.out_channels]


class Downscale(nn.Module):
    """Halves a picture's side: a 5 x 5 convolution with stride 2, then a leaky ReLU."""

    def __init__(self, channels_in: int, channels_out: int) -> None:
        super().__init__()
        self.convolution = Convolution(channels_in, channels_out, 5, stride=2)

    def forward(self, pictures: Tensor) -> Tensor:
        return functional.leaky_relu(self.convolution(pictures), 0.1)


class Upscale(nn.Module):
    """Makes a side `factor` times as long: a 3 x 3 convolution, a leaky ReLU, pixels from channels.

    A `slope` of 1 is no ReLU at all.
    """

    def __init__(
        self, channels_in: int, channels_out: int, *, factor: int = 2, slope: float = 0.1
    ) -> None:
        super().__init__()
        self.convolution = Convolution(channels_in, factor * factor * channels_out, 3)
        self.factor = factor
        self.slope = slope

    def forward(self, pictures: Tensor) -> Tensor:
        active = leak(self.convolution(pictures), self.slope)
        return functional.pixel_shuffle(active, self.factor)


class HybridUpscale(nn.Module):
    """Half of the channels upscaled by pixels from channels, half by stretching: less grid."""

    def __init__(
        self, channels_in: int, channels_out: int, *, factor: int = 2, slope: float = 0.1
    ) -> None:
        super().__init__()
        half = channels_out // 2
        self.upscale = Upscale(channels_in, half, factor=factor, slope=slope)
        self.convolution = Convolution(channels_in, half, 3)
        self.factor = factor

    def forward(self, pictures: Tensor) -> Tensor:
        stretched = stretch(self.convolution(pictures), self.factor)
        return torch.cat([self.upscale(pictures), stretched], dim=1)


class Residual(nn.Module):
    """Two 3 x 3 convolutions beside a straight way through."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = Convolution(channels, channels, 3)
        self.second = Convolution(channels, channels, 3)
        # Begins close to the straight way: a fifth of the usual variance.
        nn.init.kaiming_uniform_(self.second.weight, a=3.0, nonlinearity="leaky_relu")

    def forward(self, features: Tensor) -> Tensor:
        changed = self.second(leak(self.first(features), 0.2))
        return leak(features + changed, 0.2)


class Leak(nn.Module):
    """A leaky ReLU with a slope of 0.2."""

    def forward(self, features: Tensor) -> Tensor:
        return leak(features, 0.2)


class Decoder(nn.Module):
    """Draws one person's face from a code and, when it has learnt to, the mask beside it."""

    def __init__(self, picture: nn.Module, mask: nn.Module | None) -> None:
        super().__init__()
        self.picture = picture
        self.mask = mask

    def forward(self, codes: Tensor) -> Drawn:
        return Drawn(self.picture(codes), None if self.mask is None else self.mask(codes))


class ToPicture(nn.Module):
    """Turns features into colours between 0 and 1, always in float32."""

    def __init__(self, channels_in: int, channels_out: int, kernel: int) -> None:
        super().__init__()
        self.convolution = Convolution(channels_in, channels_out, kernel)

    def forward(self, features: Tensor) -> Tensor:
        # Half precision has too few steps between two shades of skin.
        return torch.sigmoid(self.convolution(features).float())


class ToLargePicture(nn.Module):
    """Like ToPicture, of twice the side: each pixel's four colours come from the same place."""

    def __init__(self, channels_in: int) -> None:
        super().__init__()
        self.point = Convolution(channels_in, 3, 1)
        self.around = nn.ModuleList(Convolution(channels_in, 3, 3) for _ in range(3))

    def forward(self, features: Tensor) -> Tensor:
        quarters = [self.point(features), *(layer(features) for layer in self.around)]
        # Channel by channel, as a pixel shuffle takes them: four neighbours of each colour.
        ordered = torch.stack(quarters, dim=2).flatten(1, 2)
        return torch.sigmoid(functional.pixel_shuffle(ordered.float(), 2))


def plain_decoder(channels_in: int, widths: tuple[int, ...], *, learn_mask: bool) -> Decoder:
    """Upscales to each of `widths` channels in turn, then the picture; the same for the mask."""

    def build(channels_out: int) -> nn.Module:
        stages = in_a_row(Upscale, (channels_in, *widths))
        return nn.Sequential(*stages, ToPicture(widths[-1], channels_out, kernel=5))

    return Decoder(build(3), build(1) if learn_mask else None)


def in_a_row(stage: Callable[[int, int], nn.Module], widths: Iterable[int]) -> list[nn.Module]:
    """A stage from each width to the next."""
    return [stage(width_in, width_out) for width_in, width_out in pairwise(widths)]


def dense(size_in: int, size_out: int) -> nn.Module:
    """A fully connected layer; Glorot-uniform weights, biases of zero."""
    layer = nn.Linear(size_in, size_out)
    nn.init.xavier_uniform_(layer.weight)
    nn.init.zeros_(layer.bias)
    return layer


def leak(features: Tensor, slope: float) -> Tensor:
    return functional.leaky_relu(features, slope) if slope != 1 else features


def stretch(features: Tensor, factor: int) -> Tensor:
    """Features with `factor` times the side, smoothly in between."""
    return functional.interpolate(
        features, scale_factor=factor, mode="bilinear", align_corners=False
    )
