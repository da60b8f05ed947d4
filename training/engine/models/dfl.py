"""`dfl-h128` and `dfl-256`: like `original` at 128 pixels, drawn at 128 or at 256."""

from __future__ import annotations

from training.engine.models.blocks import plain_decoder, plain_encoder
from training.engine.models.face_model import FaceModel
from training.engine.models.sharing import TwoDecoders

SIDE = 128
CODE = 512
"""Size of the latent code."""


def build(*, widths: tuple[int, ...], learn_mask: bool = False) -> FaceModel:
    """One encoder for both people, a decoder for each; its `widths` say how far it draws."""
    return TwoDecoders(
        encoder=plain_encoder(SIDE, code=CODE, channels=512),
        decoder_a=plain_decoder(512, widths, learn_mask=learn_mask),
        decoder_b=plain_decoder(512, widths, learn_mask=learn_mask),
    )
