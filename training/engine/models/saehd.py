"""`saehd-df-ud-N` and `saehd-liae-ud-N`: the quality models, N pixels in and out.

"u" lays every code on a sphere, "d" draws twice the side at the same cost. Both learn the mask.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from training.engine.models.blocks import (
    Decoder,
    Downscale,
    Residual,
    ToLargePicture,
    ToPicture,
    Upscale,
    dense,
    in_a_row,
)
from training.engine.models.face_model import FaceModel
from training.engine.models.sharing import Liae, TwoDecoders

CODE, ENCODER, DECODER, MASK = 256, 64, 64, 22
"""Size of the latent code; channels of encoder, decoder and mask decoder."""


def build_df(*, side: int, learn_mask: bool = True) -> FaceModel:
    """One code for both people and a decoder for each; 82.8 M parameters at 256."""
    return TwoDecoders(
        encoder=nn.Sequential(build_encoder(), build_inter(side, CODE)),
        decoder_a=build_decoder(CODE),
        decoder_b=build_decoder(CODE),
    )


def build_liae(*, side: int, learn_mask: bool = True) -> FaceModel:
    """One decoder for both people and a code of B's own; 145.3 M parameters at 256."""
    return Liae(
        encoder=build_encoder(),
        inter_b=build_inter(side, 2 * CODE),
        inter_both=build_inter(side, 2 * CODE),
        decoder=build_decoder(4 * CODE),
    )


class OnSphere(nn.Module):
    """Normalises every face's features to a mean square of one."""

    def forward(self, codes: Tensor) -> Tensor:
        wide = codes.float()
        scaled = wide * torch.rsqrt((wide * wide).mean(dim=-1, keepdim=True) + 1e-6)
        return scaled.to(codes.dtype)


def build_encoder() -> nn.Module:
    """From (N, 3, side, side) to (N, (side / 16)² * 512)."""
    widths = (3, ENCODER, 2 * ENCODER, 4 * ENCODER, 8 * ENCODER)
    return nn.Sequential(*in_a_row(Downscale, widths), nn.Flatten(), OnSphere())


def build_inter(side: int, channels: int) -> nn.Module:
    """Through a code to (N, channels, side / 16, side / 16)."""
    seen, spread = (side // 16) ** 2 * 8 * ENCODER, side // 32
    return nn.Sequential(
        dense(seen, CODE),
        dense(CODE, spread * spread * channels),
        nn.Unflatten(1, (channels, spread, spread)),
        Upscale(channels, channels),
    )


def build_decoder(channels_in: int) -> Decoder:
    """From (N, channels_in, side / 16, side / 16) to a face of the full side and its mask."""
    widths = (channels_in, 8 * DECODER, 4 * DECODER, 2 * DECODER)
    stages: list[nn.Module] = []
    for upscale, width in zip(in_a_row(Upscale, widths), widths[1:], strict=True):
        stages += [upscale, Residual(width)]
    mask_widths = (channels_in, 8 * MASK, 4 * MASK, 2 * MASK, MASK)
    return Decoder(
        nn.Sequential(*stages, ToLargePicture(widths[-1])),
        nn.Sequential(*in_a_row(Upscale, mask_widths), ToPicture(MASK, 1, kernel=1)),
    )
