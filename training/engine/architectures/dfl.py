"""`dfl-h128` and `dfl-256`: like `original` at 128 pixels, drawn at 128 or at 256."""

from __future__ import annotations

from functools import partial

from torch import nn

from training.engine.architectures import Architecture, FaceModel
from training.engine.architectures.blocks import (
    Downscale,
    Upscale,
    dense,
    in_a_row,
    plain_decoder,
)
from training.engine.architectures.sharing import TwoDecoders

SIDE = 128
CODE = 512
"""Numbers that a face is squeezed into on its way."""


def build(*, widths: tuple[int, ...], learn_mask: bool = False) -> FaceModel:
    """One encoder for both people, a decoder for each; its `widths` say how far it draws."""
    return TwoDecoders(
        encoder=build_encoder(),
        decoder_a=plain_decoder(512, widths, learn_mask=learn_mask),
        decoder_b=plain_decoder(512, widths, learn_mask=learn_mask),
    )


def build_encoder() -> nn.Module:
    """From (N, 3, 128, 128) to a face's code, (N, 512, 16, 16)."""
    return nn.Sequential(
        *in_a_row(Downscale, (3, 128, 256, 512, 1024)),
        nn.Flatten(),
        dense(8 * 8 * 1024, CODE),
        dense(CODE, 8 * 8 * 512),
        nn.Unflatten(1, (512, 8, 8)),
        Upscale(512, 512),
    )


ARCHITECTURES = (
    Architecture(
        name="dfl-h128",
        input_size=SIDE,
        output_size=128,
        build=partial(build, widths=(512, 256, 128)),
    ),
    # What the tutorial says it trained: 128 in, 256 out, which takes one more upscale.
    Architecture(
        name="dfl-256",
        input_size=SIDE,
        output_size=256,
        build=partial(build, widths=(512, 256, 128, 64)),
    ),
)
