"""The pieces that the models are put together from."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional

from training.engine.architectures import Drawn


class Downscale(nn.Module):
    """Halves a picture's side: a 5 x 5 convolution with stride 2, then a leaky ReLU."""

    def __init__(self, channels_in: int, channels_out: int) -> None:
        super().__init__()
        self.convolution = convolution(channels_in, channels_out, 5, stride=2)

    def forward(self, pictures: Tensor) -> Tensor:
        return functional.leaky_relu(self.convolution(pictures), 0.1)


class Upscale(nn.Module):
    """Doubles a picture's side: a 3 x 3 convolution, a leaky ReLU, then four pixels from one."""

    def __init__(self, channels_in: int, channels_out: int) -> None:
        super().__init__()
        self.convolution = convolution(channels_in, 4 * channels_out, 3)

    def forward(self, pictures: Tensor) -> Tensor:
        active = functional.leaky_relu(self.convolution(pictures), 0.1)
        return functional.pixel_shuffle(active, 2)


class Decoder(nn.Module):
    """Draws one person's face from a code: upscales, then a picture, and beside it the mask."""

    def __init__(self, channels_in: int, widths: tuple[int, ...], *, learn_mask: bool) -> None:
        """`widths` are the channels after each upscale."""
        super().__init__()
        self.picture = upscales(channels_in, widths, ToPicture(widths[-1], 3, kernel=5))
        self.mask: nn.Module | None = None
        if learn_mask:
            self.mask = upscales(channels_in, widths, ToPicture(widths[-1], 1, kernel=5))

    def forward(self, codes: Tensor) -> Drawn:
        return Drawn(self.picture(codes), None if self.mask is None else self.mask(codes))


class ToPicture(nn.Module):
    """Turns features into colours between 0 and 1, always in float32."""

    def __init__(self, channels_in: int, channels_out: int, kernel: int) -> None:
        super().__init__()
        self.convolution = convolution(channels_in, channels_out, kernel)

    def forward(self, features: Tensor) -> Tensor:
        # Half precision has too few steps between two shades of skin.
        return torch.sigmoid(self.convolution(features).float())


def upscales(channels_in: int, widths: tuple[int, ...], last: nn.Module) -> nn.Module:
    """Upscales one after the other, then a last layer."""
    sizes = zip((channels_in, *widths), widths, strict=False)
    return nn.Sequential(*(Upscale(size_in, size_out) for size_in, size_out in sizes), last)


def convolution(channels_in: int, channels_out: int, kernel: int, *, stride: int = 1) -> nn.Module:
    """A convolution that divides the side by `stride`; He-uniform weights, biases of zero."""
    layer = nn.Conv2d(channels_in, channels_out, kernel, stride, padding=kernel // 2)
    return start_from(layer, lambda weight: nn.init.kaiming_uniform_(weight, nonlinearity="relu"))


def dense(size_in: int, size_out: int) -> nn.Module:
    """A fully connected layer; Glorot-uniform weights, biases of zero."""
    return start_from(nn.Linear(size_in, size_out), nn.init.xavier_uniform_)


def start_from(layer: nn.Module, draw: Callable[[Tensor], Tensor]) -> nn.Module:
    """The layer with its weights newly drawn and its biases at zero."""
    for name, parameter in layer.named_parameters():
        if name == "weight":
            draw(parameter)
        else:
            nn.init.zeros_(parameter)
    return layer
