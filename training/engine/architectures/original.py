"""`original`: 64 pixels in, 64 out; one encoder for both people, a decoder for each."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from training.engine.architectures import Architecture, Drawn, FaceModel, Side
from training.engine.architectures.blocks import Decoder, Downscale, Upscale, dense

SIDE = 64
CODE = 1024
"""Numbers that a face is squeezed into on its way; what both people share fits through."""
WIDTHS = (256, 128, 64)
"""Channels after each upscale of a decoder, from the code's 8 x 8 to the face's 64 x 64."""


class Original(FaceModel):
    """The classic pair of autoencoders with a shared encoder; 82.06 M parameters."""

    def __init__(self, *, learn_mask: bool = False) -> None:
        super().__init__()
        self.encoder = build_encoder()
        self.decoder_a = Decoder(512, WIDTHS, learn_mask=learn_mask)
        self.decoder_b = Decoder(512, WIDTHS, learn_mask=learn_mask)

    def forward(self, faces_a: Tensor, faces_b: Tensor) -> tuple[Drawn, Drawn]:
        codes = self.encoder(torch.cat([faces_a, faces_b]))
        codes_a, codes_b = codes.split([len(faces_a), len(faces_b)])
        return self.decoder_a(codes_a), self.decoder_b(codes_b)

    def swap(self, faces: Tensor, *, into: Side) -> Drawn:
        decoder = self.decoder_a if into == "a" else self.decoder_b
        drawn: Drawn = decoder(self.encoder(faces))
        return drawn


def build_encoder() -> nn.Module:
    """From (N, 3, 64, 64) to a face's code, (N, 512, 8, 8)."""
    return nn.Sequential(
        Downscale(3, 128),
        Downscale(128, 256),
        Downscale(256, 512),
        Downscale(512, 1024),
        nn.Flatten(),
        dense(4 * 4 * 1024, CODE),
        dense(CODE, 4 * 4 * 1024),
        nn.Unflatten(1, (1024, 4, 4)),
        Upscale(1024, 512),
    )


ARCHITECTURE = Architecture(name="original", input_size=SIDE, output_size=SIDE, build=Original)
