"""The two ways of sharing weights between two people."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from training.engine.models.face_model import FaceModel, Prediction
from training.engine.run.folder import Side


class TwoDecoders(FaceModel):
    """One encoder for both people and a decoder for each."""

    def __init__(self, *, encoder: nn.Module, decoder_a: nn.Module, decoder_b: nn.Module) -> None:
        super().__init__()
        self.encoder = encoder
        self.decoder_a = decoder_a
        self.decoder_b = decoder_b

    def forward(self, faces_a: Tensor, faces_b: Tensor) -> tuple[Prediction, Prediction]:
        codes = self.encoder(torch.cat([faces_a, faces_b]))
        codes_a, codes_b = codes.split([len(faces_a), len(faces_b)])
        return self.decoder_a(codes_a), self.decoder_b(codes_b)

    def swap(self, faces: Tensor, *, into: Side) -> Prediction:
        decoder = self.decoder_a if into == "a" else self.decoder_b
        prediction: Prediction = decoder(self.encoder(faces))
        return prediction


class Liae(FaceModel):
    """One decoder for both people, with an additional latent code for B.

    A is decoded from the shared code twice, B from its own code and the shared one; a face
    becomes A's by omitting B's code.
    """

    def __init__(
        self, *, encoder: nn.Module, inter_b: nn.Module, inter_both: nn.Module, decoder: nn.Module
    ) -> None:
        super().__init__()
        self.encoder = encoder
        self.inter_b = inter_b
        self.inter_both = inter_both
        self.decoder = decoder

    def forward(self, faces_a: Tensor, faces_b: Tensor) -> tuple[Prediction, Prediction]:
        sizes = [len(faces_a), len(faces_b)]
        seen = self.encoder(torch.cat([faces_a, faces_b]))
        both = self.inter_both(seen)
        own = torch.cat([both[: sizes[0]], self.inter_b(seen[sizes[0] :])])
        prediction = self.decoder(torch.cat([own, both], dim=1))
        pictures_a, pictures_b = prediction.pictures.split(sizes)
        if prediction.masks is None:
            return Prediction(pictures_a, None), Prediction(pictures_b, None)
        masks_a, masks_b = prediction.masks.split(sizes)
        return Prediction(pictures_a, masks_a), Prediction(pictures_b, masks_b)

    def swap(self, faces: Tensor, *, into: Side) -> Prediction:
        seen = self.encoder(faces)
        both = self.inter_both(seen)
        own = both if into == "a" else self.inter_b(seen)
        prediction: Prediction = self.decoder(torch.cat([own, both], dim=1))
        return prediction
