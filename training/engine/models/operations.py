"""Operations of the layers, in forms that are fastest on a GPU, with the same results."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional


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
    enlarged = torch.kron(rows, columns).to(features.dtype) @ features.flatten(1, 2)
    return enlarged.reshape(count, height * factor, width * factor, channels)


def _between(side: int, factor: int, like: Tensor) -> Tensor:
    """(factor * side, side): bilinear interpolation weights."""
    exact, device = torch.promote_types(like.dtype, torch.float32), like.device
    places = (torch.arange(factor * side, device=device, dtype=exact) + 0.5) / factor - 0.5
    apart = places.clamp(0, side - 1)[:, None] - torch.arange(side, device=device)
    return (1 - apart.abs()).clamp(min=0)
