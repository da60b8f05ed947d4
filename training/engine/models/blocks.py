"""Building blocks of the models."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

from training.engine.models.face_model import Prediction
from training.engine.models.operations import (
    by_places,
    filled_up,
    leak,
    shuffled,
    stretch,
    thin_convolution,
)

NAMES = ("weight", "bias")


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
        if features.device.type != "cuda" or not (self.in_channels % 8 or self.out_channels % 8):
            return super().forward(features)
        return filled_up(features, self.weight, self.bias, stride=self.stride[0])


class ThinConvolution(Convolution):
    """A convolution to a few channels, as colours are.

    Tensor cores compute at least as many channels as a tile is wide and read the features anew
    for each place of the kernel. On a GPU one matrix product gives each place's share instead,
    and the shares are added where they belong: a quarter of the time.
    """

    def forward(self, features: Tensor) -> Tensor:
        return thin_convolution(features, self.weight, self.bias)


class Downscale(nn.Module):
    """Halves a picture's side: a 5 x 5 convolution with stride 2, then a leaky ReLU."""

    def __init__(self, channels_in: int, channels_out: int) -> None:
        super().__init__()
        self.convolution = Convolution(channels_in, channels_out, 5, stride=2)

    def forward(self, pictures: Tensor) -> Tensor:
        return functional.leaky_relu(self.convolution(pictures), 0.1)


class Upscale(nn.Module):
    """Upscales by `factor`: a 3 x 3 convolution, a leaky ReLU, pixel shuffle.

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
        return self.spread(self.convolution(pictures))

    def spread(self, features: Tensor) -> Tensor:
        """What follows the convolution."""
        return shuffled(leak(features, self.slope), self.factor)


class HybridUpscale(nn.Module):
    """Half of the channels by pixel shuffle, half by bilinear upsampling: fewer grid artefacts."""

    def __init__(
        self, channels_in: int, channels_out: int, *, factor: int = 2, slope: float = 0.1
    ) -> None:
        super().__init__()
        half = channels_out // 2
        self.upscale = Upscale(channels_in, half, factor=factor, slope=slope)
        self.convolution = Convolution(channels_in, half, 3)
        self.factor = factor

    def forward(self, pictures: Tensor) -> Tensor:
        # Both convolutions as one: it reads the features once.
        both = (self.upscale.convolution, self.convolution)
        weight, bias = (torch.cat([part.get_parameter(name) for part in both]) for name in NAMES)
        shares = functional.conv2d(pictures, weight, bias, padding=1)
        spread, plain = torch.split(shares, [part.out_channels for part in both], dim=1)
        return torch.cat([self.upscale.spread(spread), stretch(plain, self.factor)], dim=1)


class Residual(nn.Module):
    """Residual block of two 3 x 3 convolutions."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = Convolution(channels, channels, 3)
        self.second = Convolution(channels, channels, 3)
        # Starts close to the identity: a fifth of the usual variance.
        nn.init.kaiming_uniform_(self.second.weight, a=3.0, nonlinearity="leaky_relu")

    def forward(self, features: Tensor) -> Tensor:
        changed = self.second(leak(self.first(features), 0.2))
        return leak(features + changed, 0.2)


class Leak(nn.Module):
    """A leaky ReLU with a slope of 0.2."""

    def forward(self, features: Tensor) -> Tensor:
        return leak(features, 0.2)


class Decoder(nn.Module):
    """Decodes one person's face from a latent code, and the mask if it is learnt."""

    def __init__(self, picture: nn.Module, mask: nn.Module | None) -> None:
        super().__init__()
        self.picture = picture
        self.mask = mask

    def forward(self, codes: Tensor) -> Prediction:
        return Prediction(self.picture(codes), None if self.mask is None else self.mask(codes))


class ToPicture(nn.Module):
    """Output layer: sigmoid in float32, 0 to 1."""

    def __init__(self, channels_in: int, channels_out: int, kernel: int) -> None:
        super().__init__()
        self.convolution = ThinConvolution(channels_in, channels_out, kernel)

    def forward(self, features: Tensor) -> Tensor:
        # Half precision would band skin tones.
        return torch.sigmoid(self.convolution(features).float())


class ToLargePicture(nn.Module):
    """Like ToPicture, of twice the side: each pixel's four colours come from the same place."""

    def __init__(self, channels_in: int) -> None:
        super().__init__()
        self.point = ThinConvolution(channels_in, 3, 1)
        self.around = nn.ModuleList(ThinConvolution(channels_in, 3, 3) for _ in range(3))

    def forward(self, features: Tensor) -> Tensor:
        if features.device.type == "cuda":
            colours = self._at_once(features)
        else:
            quarters = [self.point(features), *(layer(features) for layer in self.around)]
            # Colour by colour, as a pixel shuffle takes them: four neighbours of each.
            colours = torch.stack(quarters, dim=2).flatten(1, 2)
        return torch.sigmoid(functional.pixel_shuffle(colours.float(), 2))

    def _at_once(self, features: Tensor) -> Tensor:
        """All four quarters by one thin convolution: it reads the features once."""
        weights = [functional.pad(self.point.weight, (1, 1, 1, 1)), *self._around("weight")]
        biases = [self.point.bias, *self._around("bias")]
        weight, bias = torch.stack(weights, dim=1).flatten(0, 1), torch.stack(biases, 1).flatten()
        return by_places(features, weight, bias)

    def _around(self, name: str) -> list[Tensor]:
        return [layer.get_parameter(name) for layer in self.around]


def plain_encoder(side: int, *, code: int, channels: int) -> nn.Module:
    """From faces (N, 3, side, side) through `code` numbers to (N, 512, side / 8, side / 8).

    `channels` is how many there are before the last upscale.
    """
    spread = side // 16
    return nn.Sequential(
        *in_a_row(Downscale, (3, 128, 256, 512, 1024)),
        nn.Flatten(),
        dense(spread * spread * 1024, code),
        dense(code, spread * spread * channels),
        nn.Unflatten(1, (channels, spread, spread)),
        Upscale(channels, 512),
    )


def plain_decoder(channels_in: int, widths: tuple[int, ...], *, learn_mask: bool) -> Decoder:
    """Upscales to each of `widths` channels in turn, then the picture; the same for the mask."""

    def build(channels_out: int) -> nn.Module:
        stages = in_a_row(Upscale, (channels_in, *widths))
        return nn.Sequential(*stages, ToPicture(widths[-1], channels_out, kernel=5))

    return Decoder(build(3), build(1) if learn_mask else None)


def in_a_row(stage: Callable[[int, int], nn.Module], widths: Iterable[int]) -> list[nn.Module]:
    """One stage for each pair of consecutive widths."""
    return [stage(width_in, width_out) for width_in, width_out in pairwise(widths)]


def dense(size_in: int, size_out: int) -> nn.Module:
    """A fully connected layer; Glorot-uniform weights, biases of zero."""
    layer = nn.Linear(size_in, size_out)
    nn.init.xavier_uniform_(layer.weight)
    nn.init.zeros_(layer.bias)
    return layer
