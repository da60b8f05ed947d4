"""`dlight-128`, `dlight-256`, `dlight-384`: 128 pixels in; a thin decoder for A, a rich one for B.

It is made for putting B's face into pictures of A; the other way round it draws poorly.
"""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

from training.engine.models.blocks import (
    Decoder,
    Downscale,
    HybridUpscale,
    Leak,
    Residual,
    ToPicture,
    dense,
)
from training.engine.models.face_model import FaceModel
from training.engine.models.operations import leak, stretch
from training.engine.models.sharing import TwoDecoders

SIDE = 128
CODE = 1664
"""Size of the latent code."""
DROPOUT = 0.05
ENCODER = 64
THIN = (256, 128, 64, 32)


class DownscaleBeside(nn.Module):
    """Halves the side, concatenated with the average-pooled input."""

    def __init__(self, channels_in: int, channels_out: int) -> None:
        super().__init__()
        self.downscale = Downscale(channels_in, channels_out)

    def forward(self, pictures: Tensor) -> Tensor:
        averaged = leak(functional.avg_pool2d(pictures, 2), 0.1)
        return torch.cat([self.downscale(pictures), averaged], dim=1)


class Stretch(nn.Module):
    """Bilinear upsampling by `factor`."""

    def __init__(self, factor: int) -> None:
        super().__init__()
        self.factor = factor

    def forward(self, features: Tensor) -> Tensor:
        return stretch(features, self.factor)


def build(*, factor: int, learn_mask: bool = False) -> FaceModel:
    """143.61 M parameters when it draws 256 pixels."""
    return TwoDecoders(
        encoder=build_encoder(),
        decoder_a=Decoder(thin_decoder(factor, 3), thin_decoder(factor, 1) if learn_mask else None),
        decoder_b=Decoder(rich_decoder(factor), thin_decoder(factor, 1) if learn_mask else None),
    )


def build_encoder() -> nn.Module:
    """From (N, 3, 128, 128) to a face's code, (N, 1024, 4, 4)."""
    stages: list[nn.Module] = []
    channels = 3
    for width in (ENCODER // 2, ENCODER, 2 * ENCODER, 4 * ENCODER, 8 * ENCODER):
        stages.append(DownscaleBeside(channels, width))
        channels += width
    return nn.Sequential(
        *stages,
        nn.Flatten(),
        dense(4 * 4 * channels, CODE),
        nn.Dropout(DROPOUT),
        dense(CODE, 4 * 4 * 1024),
        nn.Dropout(DROPOUT),
        nn.Unflatten(1, (1024, 4, 4)),
    )


def thin_decoder(factor: int, channels_out: int) -> nn.Module:
    widths = (1024, *THIN)
    upscales = (HybridUpscale(*each) for each in pairwise(widths))
    return nn.Sequential(Stretch(factor), *upscales, ToPicture(THIN[-1], channels_out, kernel=5))


def rich_decoder(factor: int) -> nn.Module:
    return nn.Sequential(
        HybridUpscale(1024, 512, factor=factor, slope=1),
        Leak(),
        *(Residual(512) for _ in range(3)),
        HybridUpscale(512, 512, slope=1),
        Leak(),
        *(Residual(512) for _ in range(2)),
        nn.BatchNorm2d(512),
        HybridUpscale(512, 256, slope=1),
        Leak(),
        Residual(256),
        HybridUpscale(256, 128, slope=1),
        Leak(),
        Residual(128),
        nn.BatchNorm2d(128),
        HybridUpscale(128, 64),
        ToPicture(64, 3, kernel=5),
    )
