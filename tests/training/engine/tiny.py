"""A model small enough for tests to train in a moment: `python -m tests.training.engine.tiny`."""

from __future__ import annotations

import os
import sys
import time

import torch
from torch import Tensor, nn

from training.engine.models.blocks import Downscale, Upscale, dense, plain_decoder
from training.engine.models.face_model import Architecture, FaceModel, Prediction
from training.engine.models.registry import register
from training.engine.run.folder import Side
from training.engine.train.__main__ import main

SIZE = 16


class Tiny(FaceModel):
    """Built like `original`, with dropout besides, so that random state matters."""

    dropout = 0.1

    def __init__(self, *, learn_mask: bool = False) -> None:
        super().__init__()
        self.encoder = nn.Sequential(
            Downscale(3, 8),
            Downscale(8, 16),
            nn.Flatten(),
            dense(4 * 4 * 16, 32),
            nn.Dropout(self.dropout),
            dense(32, 4 * 4 * 16),
            nn.Unflatten(1, (16, 4, 4)),
            Upscale(16, 16),
        )
        self.decoder_a = plain_decoder(16, (8,), learn_mask=learn_mask)
        self.decoder_b = plain_decoder(16, (8,), learn_mask=learn_mask)

    def forward(self, faces_a: Tensor, faces_b: Tensor) -> tuple[Prediction, Prediction]:
        codes = self.encoder(torch.cat([faces_a, faces_b]))
        return self.decoder_a(codes[: len(faces_a)]), self.decoder_b(codes[len(faces_a) :])

    def swap(self, faces: Tensor, *, into: Side) -> Prediction:
        decoder = self.decoder_a if into == "a" else self.decoder_b
        prediction: Prediction = decoder(self.encoder(faces))
        return prediction


class Steady(Tiny):
    """Without dropout, which falls differently in each process."""

    dropout = 0.0


class Lingering(Steady):
    """Takes its time to draw a preview, which only the main process does."""

    def swap(self, faces: Tensor, *, into: Side) -> Prediction:
        time.sleep(1)
        return super().swap(faces, into=into)


class Normed(Tiny):
    """With batch normalisation besides, whose running means no gradient moves."""

    def __init__(self, *, learn_mask: bool = False) -> None:
        super().__init__(learn_mask=learn_mask)
        self.encoder.insert(1, nn.BatchNorm2d(8))


class Bursting(Tiny):
    """Gives nonsense from its fifth step on, in the last process alone."""

    def __init__(self, *, learn_mask: bool = False) -> None:
        super().__init__(learn_mask=learn_mask)
        self.num_steps = 0

    def forward(self, faces_a: Tensor, faces_b: Tensor) -> tuple[Prediction, Prediction]:
        prediction_a, prediction_b = super().forward(faces_a, faces_b)
        self.num_steps += 1
        in_last = int(os.environ.get("RANK", "0")) == int(os.environ.get("WORLD_SIZE", "1")) - 1
        if in_last and self.num_steps == 5:
            prediction_a = Prediction(prediction_a.pictures / 0, prediction_a.masks)
        return prediction_a, prediction_b


class Fainting(Steady):
    """Fails at its fifth step, in the main process alone."""

    def __init__(self, *, learn_mask: bool = False) -> None:
        super().__init__(learn_mask=learn_mask)
        self.num_steps = 0

    def forward(self, faces_a: Tensor, faces_b: Tensor) -> tuple[Prediction, Prediction]:
        self.num_steps += 1
        if os.environ.get("RANK", "0") == "0" and self.num_steps == 5:
            raise RuntimeError("I feel faint")
        return super().forward(faces_a, faces_b)


class Hungry(Steady):
    """Takes three faces of each person into a GPU's memory, and no more."""

    def forward(self, faces_a: Tensor, faces_b: Tensor) -> tuple[Prediction, Prediction]:
        if len(faces_a) > 3:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return super().forward(faces_a, faces_b)


MODELS = {
    "tiny": Tiny,
    "steady": Steady,
    "lingering": Lingering,
    "normed": Normed,
    "bursting": Bursting,
    "fainting": Fainting,
    "hungry": Hungry,
}
for name, build in MODELS.items():
    register(Architecture(name=name, input_size=SIZE, output_size=SIZE, build=build))

if __name__ == "__main__":
    torch.set_num_threads(1)
    sys.exit(main())
