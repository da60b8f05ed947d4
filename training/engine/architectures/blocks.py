"""The pieces that the models are put together from."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from training.engine.architectures import Drawn

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


def filled_up(features: Tensor, weight: Tensor, bias: Tensor, *, stride: int) -> Tensor:
    """As conv2d with half the kernel as padding, with channels of zeros on the way."""
    channels_out, channels_in, kernel, _ = weight.shape
    more_in, more_out = -channels_in % 8, -channels_out % 8
    filled = functional.conv2d(
        functional.pad(features, (0, 0, 0, 0, 0, more_in)),
        functional.pad(weight, (0, 0, 0, 0, 0, more_in, 0, more_out)),
        functional.pad(bias, (0, more_out)),
        stride,
        kernel // 2,
    )
    return filled[:, :channels_out]


class ThinConvolution(Convolution):
    """A convolution to a few channels, as colours are.

    Tensor cores compute at least as many channels as a tile is wide and read the features anew
    for each place of the kernel. On a GPU one matrix product gives each place's share instead,
    and the shares are added where they belong: a quarter of the time.
    """

    def forward(self, features: Tensor) -> Tensor:
        return thin_convolution(features, self.weight, self.bias)


def thin_convolution(features: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """As conv2d with half the kernel as padding; see ThinConvolution."""
    if features.device.type == "cuda":
        return by_places(features, weight, bias)
    return functional.conv2d(features, weight, bias, padding=weight.shape[-1] // 2)


def by_places(features: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """The same as conv2d with half the kernel as padding, by a product for each kernel place.

    `features` (N, C, H, W), `weight` (out, C, K, K), `bias` (out,).
    """
    channels_out, channels_in, kernel, _ = weight.shape
    if kernel == 1:
        return (features[:, None] * weight[None]).sum(dim=2) + bias[:, None, None]
    places = weight.permute(2, 3, 0, 1).reshape(-1, channels_in, 1, 1)
    places = functional.pad(places, (0, 0, 0, 0, 0, 0, 0, -len(places) % 8))
    shares = functional.conv2d(features, places)
    # What a bias adds is rounded with the sum, not with every share.
    total: Tensor = GatherShares.apply(shares, channels_out, kernel)  # type: ignore[no-untyped-call]
    return total + bias[:, None, None]


class GatherShares(torch.autograd.Function):
    """Adds up what each pixel gets from its neighbours: shares (N, K * K * out + spare, H, W)."""

    @staticmethod
    def forward(ctx: Any, shares: Tensor, channels_out: int, kernel: int) -> Tensor:
        ctx.num_shares, ctx.kernel = shares.shape[1], kernel
        height, width = shares.shape[-2:]
        margin = kernel // 2
        padded = functional.pad(shares, (margin,) * 4)
        # Many small shares: added up in half precision, they would drown in rounding.
        exact = torch.promote_types(shares.dtype, torch.float32)
        total = torch.zeros((), dtype=exact, device=shares.device)
        for place in range(kernel * kernel):
            down, across = divmod(place, kernel)
            first = place * channels_out
            part = padded[:, first : first + channels_out]
            total = total + part[:, :, down : down + height, across : across + width].to(exact)
        return total

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, None, None]:
        (grad,) = grads
        kernel, margin = ctx.kernel, ctx.kernel // 2
        padded = functional.pad(grad, (margin,) * 4)
        # A pixel's share went to the neighbour on the other side of the kernel's middle.
        windows = padded.unfold(2, kernel, 1).unfold(3, kernel, 1).flip(4, 5)
        # Laid out with the channels innermost, as the product before it wants them.
        spread = windows.permute(0, 2, 3, 4, 5, 1).flatten(3)
        filled = functional.pad(spread, (0, ctx.num_shares - spread.shape[3]))
        return filled.permute(0, 3, 1, 2), None, None


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
        return self.spread(self.convolution(pictures))

    def spread(self, features: Tensor) -> Tensor:
        """What follows the convolution."""
        return shuffled(leak(features, self.slope), self.factor)


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
        # Both convolutions as one: it reads the features once.
        both = (self.upscale.convolution, self.convolution)
        weight, bias = (torch.cat([part.get_parameter(name) for part in both]) for name in NAMES)
        shares = functional.conv2d(pictures, weight, bias, padding=1)
        spread, plain = torch.split(shares, [part.out_channels for part in both], dim=1)
        return torch.cat([self.upscale.spread(spread), stretch(plain, self.factor)], dim=1)


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
        self.convolution = ThinConvolution(channels_in, channels_out, kernel)

    def forward(self, features: Tensor) -> Tensor:
        # Half precision has too few steps between two shades of skin.
        return torch.sigmoid(self.convolution(features).float())


class ToLargePicture(nn.Module):
    """Like ToPicture, of twice the side: each pixel's four colours come from the same place."""

    def __init__(self, channels_in: int) -> None:
        super().__init__()
        self.point = ThinConvolution(channels_in, 3, 1)
        self.around = nn.ModuleList(ThinConvolution(channels_in, 3, 3) for _ in range(3))

    def forward(self, features: Tensor) -> Tensor:
        if features.device.type == "cuda":
            drawn = self._at_once(features)
        else:
            quarters = [self.point(features), *(layer(features) for layer in self.around)]
            # Colour by colour, as a pixel shuffle takes them: four neighbours of each.
            drawn = torch.stack(quarters, dim=2).flatten(1, 2)
        return torch.sigmoid(functional.pixel_shuffle(drawn.float(), 2))

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


def shuffled(features: Tensor, factor: int) -> Tensor:
    """As pixel_shuffle, with the channels innermost all the way, also of the gradient.

    Convolutions on a GPU want it so; of pixel_shuffle's own gradient the compiler made a copy.
    """
    count, channels, height, width = features.shape
    innermost = features.permute(0, 2, 3, 1)
    parts = innermost.reshape(count, height, width, channels // factor**2, factor, factor)
    placed = parts.permute(0, 1, 4, 2, 5, 3)
    return placed.reshape(count, height * factor, width * factor, -1).permute(0, 3, 1, 2)


def stretch(features: Tensor, factor: int) -> Tensor:
    """Features with `factor` times the side, as bilinear interpolation gives them.

    The gradient of interpolate itself is scattered, many times slower on a GPU than these are.
    """
    innermost = features.permute(0, 2, 3, 1)
    if factor == 2:
        return _doubled(_doubled(innermost, 1), 2).permute(0, 3, 1, 2)
    return _enlarged(innermost, factor).permute(0, 3, 1, 2)


def _doubled(features: Tensor, axis: int) -> Tensor:
    """Twice as many features along an axis, in slices, whose gradient is slices again.

    Every new one lies a quarter step from the nearest old one.
    """
    last = features.shape[axis] - 1
    before = torch.cat([features.narrow(axis, 0, 1), features.narrow(axis, 0, last)], axis)
    after = torch.cat([features.narrow(axis, 1, last), features.narrow(axis, last, 1)], axis)
    near = 0.75 * features
    both = torch.stack([near + 0.25 * before, near + 0.25 * after], dim=axis + 1)
    return both.flatten(axis, axis + 1)


def _enlarged(features: Tensor, factor: int) -> Tensor:
    """`factor` times as many features (N, H, W, C) both ways, by one product: for few pixels."""
    count, height, width, channels = features.shape
    rows, columns = (_between(side, factor, features) for side in (height, width))
    drawn = torch.kron(rows, columns).to(features.dtype) @ features.flatten(1, 2)
    return drawn.reshape(count, height * factor, width * factor, channels)


def _between(side: int, factor: int, like: Tensor) -> Tensor:
    """(factor * side, side): what each new place takes from every old one."""
    exact, device = torch.promote_types(like.dtype, torch.float32), like.device
    places = (torch.arange(factor * side, device=device, dtype=exact) + 0.5) / factor - 0.5
    apart = places.clamp(0, side - 1)[:, None] - torch.arange(side, device=device)
    return (1 - apart.abs()).clamp(min=0)
