"""The two ways in which a model shares what it knows between two people."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from training.engine.models.face_model import Drawn, FaceModel, Side


class TwoDecoders(FaceModel):
    """One encoder for both people and a decoder for each."""

    def __init__(self, *, encoder: nn.Module, decoder_a: nn.Module, decoder_b: nn.Module) -> None:
        super().__init__()
        self.encoder = encoder
        self.decoder_a = decoder_a
        self.decoder_b = decoder_b

    def forward(self, faces_a: Tensor, faces_b: Tensor) -> tuple[Drawn, Drawn]:
        codes = self.encoder(torch.cat([faces_a, faces_b]))
        codes_a, codes_b = codes.split([len(faces_a), len(faces_b)])
        return self.decoder_a(codes_a), self.decoder_b(codes_b)

    def swap(self, faces: Tensor, *, into: Side) -> Drawn:
        decoder = self.decoder_a if into == "a" else self.decoder_b
        drawn: Drawn = decoder(self.encoder(faces))
        return drawn


class Liae(FaceModel):
    """One decoder for both people; what is B's alone lives in a code of its own.

    A is drawn from the shared code twice, B from its own beside the shared one; so a face
    becomes A's by leaving B's code out.
    """

    def __init__(
        self, *, encoder: nn.Module, inter_b: nn.Module, inter_both: nn.Module, decoder: nn.Module
    ) -> None:
        super().__init__()
        self.encoder = encoder
        self.inter_b = inter_b
        self.inter_both = inter_both
        self.decoder = decoder

    def forward(self, faces_a: Tensor, faces_b: Tensor) -> tuple[Drawn, Drawn]:
        sizes = [len(faces_a), len(faces_b)]
        seen = self.encoder(torch.cat([faces_a, faces_b]))
        both = self.inter_both(seen)
        own = torch.cat([both[: sizes[0]], self.inter_b(seen[sizes[0] :])])
        drawn = self.decoder(torch.cat([own, both], dim=1))
        pictures_a, pictures_b = drawn.pictures.split(sizes)
        if drawn.masks is None:
            return Drawn(pictures_a, None), Drawn(pictures_b, None)
        masks_a, masks_b = drawn.masks.split(sizes)
        return Drawn(pictures_a, masks_a), Drawn(pictures_b, masks_b)

    def swap(self, faces: Tensor, *, into: Side) -> Drawn:
        seen = self.encoder(faces)
        both = self.inter_both(seen)
        own = both if into == "a" else self.inter_b(seen)
        drawn: Drawn = self.decoder(torch.cat([own, both], dim=1))
        return drawn
