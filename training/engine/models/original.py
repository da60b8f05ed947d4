"""`original`: 64 pixels in, 64 out; one encoder for both people, a decoder for each."""

from __future__ import annotations

from training.engine.models.blocks import plain_decoder, plain_encoder
from training.engine.models.face_model import FaceModel
from training.engine.models.sharing import TwoDecoders

SIDE = 64
CODE = 1024
"""Size of the latent code."""
WIDTHS = (256, 128, 64)
"""Channels after each upscale of a decoder, from the code's 8 x 8 to the face's 64 x 64."""


def build(*, learn_mask: bool = False) -> FaceModel:
    """The classic pair of autoencoders with a shared encoder; 82.06 M parameters."""
    return TwoDecoders(
        encoder=plain_encoder(SIDE, code=CODE, channels=1024),
        decoder_a=plain_decoder(512, WIDTHS, learn_mask=learn_mask),
        decoder_b=plain_decoder(512, WIDTHS, learn_mask=learn_mask),
    )
