"""`dfl-sae-df` and `dfl-sae-liae`: residual decoders; liae lets both people share one."""

from __future__ import annotations

from functools import partial

from torch import nn

from training.engine.models.blocks import (
    Decoder,
    Downscale,
    Leak,
    Residual,
    ToPicture,
    Upscale,
    dense,
    in_a_row,
)
from training.engine.models.face_model import FaceModel
from training.engine.models.sharing import Liae, TwoDecoders

SIDE = 128
CODE_SIDE = SIDE // 16
CODE_DF, CODE_LIAE = 512, 256
ENCODER, DECODER = 3 * 42, 3 * 21
"""Channels of the encoder's first stage, and an eighth of those of the decoder's first."""


def build_df(*, learn_mask: bool = False) -> FaceModel:
    """One code for both people and a decoder for each; 130.01 M parameters."""
    return TwoDecoders(
        encoder=nn.Sequential(build_encoder(), build_inter(CODE_DF, CODE_DF)),
        decoder_a=build_decoder(CODE_DF, learn_mask=learn_mask),
        decoder_b=build_decoder(CODE_DF, learn_mask=learn_mask),
    )


def build_liae(*, learn_mask: bool = False) -> FaceModel:
    """One decoder for both people and a code of B's own."""
    return Liae(
        encoder=build_encoder(),
        inter_b=build_inter(CODE_LIAE, 2 * CODE_LIAE),
        inter_both=build_inter(CODE_LIAE, 2 * CODE_LIAE),
        decoder=build_decoder(4 * CODE_LIAE, learn_mask=learn_mask),
    )


def build_encoder() -> nn.Module:
    """From (N, 3, 128, 128) to (N, 8 * 8 * 1008)."""
    widths = (3, ENCODER, 2 * ENCODER, 4 * ENCODER, 8 * ENCODER)
    return nn.Sequential(*in_a_row(Downscale, widths), nn.Flatten())


def build_inter(code: int, channels: int) -> nn.Module:
    """From what the encoder saw, through a code, to (N, channels, 16, 16)."""
    return nn.Sequential(
        dense(CODE_SIDE * CODE_SIDE * 8 * ENCODER, code),
        dense(code, CODE_SIDE * CODE_SIDE * channels),
        nn.Unflatten(1, (channels, CODE_SIDE, CODE_SIDE)),
        Upscale(channels, channels),
    )


def build_decoder(channels_in: int, *, learn_mask: bool) -> Decoder:
    """From (N, channels_in, 16, 16) to a face of 128 pixels."""
    widths = (channels_in, 8 * DECODER, 4 * DECODER, 2 * DECODER)
    stages: list[nn.Module] = []
    for upscale, width in zip(in_a_row(partial(Upscale, slope=1), widths), widths[1:], strict=True):
        stages += [upscale, Leak(), Residual(width), Residual(width)]
    picture = nn.Sequential(*stages, ToPicture(widths[-1], 3, kernel=5))
    mask = None
    if learn_mask:
        mask = nn.Sequential(*in_a_row(Upscale, widths), ToPicture(widths[-1], 1, kernel=5))
    return Decoder(picture, mask)
