"""Finds the faces in a picture and draws the other person into them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from curation.vision.alignment import Points, Rgb
from training.engine.checkpoints.checkpoint import Checkpoint
from training.engine.checkpoints.trained import open_trained
from training.engine.convert.draw.drawing import Drawer, TrainedView
from training.engine.convert.draw.placing import Placed
from training.engine.convert.faces.finding import FrameFinder, Likeness
from training.engine.convert.settings import ConvertSettings
from training.engine.data.finder import SiteFinder
from training.engine.data.segmentation import open_segmenter
from training.engine.errors import DeviceMissing
from training.engine.run.folder import Side


@dataclass(frozen=True, slots=True)
class Swapped:
    """A picture after the swap."""

    rgb: Rgb
    num_faces: int
    """How many faces were drawn over."""


class FaceSwapper:
    """A trained model, ready to swap faces."""

    def __init__(
        self, checkpoint: Checkpoint, *, into: Side, settings: ConvertSettings | None = None
    ) -> None:
        """Raises CheckpointWrong, ModelUnknown, FinderMissing, or ConversionRefused."""
        self.settings = settings or ConvertSettings()
        self.drawer = open_drawer(checkpoint, into=into, settings=self.settings)
        finder = SiteFinder()
        finder.check()
        self.finder = FrameFinder(finder)
        portrait = self.settings.only_like
        self.likeness = None if portrait is None else Likeness(Path(portrait), self.finder)

    def swap(self, picture: Rgb) -> Swapped:
        """A copy of the picture, uint8 (H, W, 3), with every wanted face swapped."""
        result = picture.copy()
        faces = [face for face in self.finder.find(0, picture) if self._is_wanted(picture, face)]
        return Swapped(result, self.draw_over([result], [faces]))

    def draw_over(self, pictures: Sequence[Rgb], faces: Sequence[Sequence[Points]]) -> int:
        """Draw over the faces of each picture, all of one size, in place; gives how many."""
        return draw_over(self.drawer, pictures, faces)

    def _is_wanted(self, picture: Rgb, face: Points) -> bool:
        if self.likeness is None:
            return True
        distance = self.likeness.distance(picture, face)
        return distance is not None and distance < self.settings.same_person


def draw_over(drawer: Drawer, pictures: Sequence[Rgb], faces: Sequence[Sequence[Points]]) -> int:
    """Draw over the faces, as landmarks, of each picture in place; gives how many there were."""
    placed: list[Placed] = []
    for picture, landmarks in enumerate(faces):
        faces_here = (drawer.place(picture, each) for each in landmarks)
        placed += [face for face in faces_here if face is not None]
    if placed:
        drawer.draw_over(pictures, placed)
    return len(placed)


def open_drawer(checkpoint: Checkpoint, *, into: Side, settings: ConvertSettings) -> Drawer:
    """The model of a checkpoint, on its device. Raises CheckpointWrong, ModelUnknown, ..."""
    config = checkpoint.config
    device = chosen_device(settings)
    architecture, model = open_trained(checkpoint, device)
    return Drawer(
        model=model,
        architecture=architecture,
        into=into,
        view=TrainedView(coverage=config.coverage, centring=config.centring, mask=config.mask),
        settings=settings,
        device=device,
        segmenters=[open_segmenter(Path(each)) for each in settings.segmentation],
    )


def chosen_device(settings: ConvertSettings) -> torch.device:
    """Where faces are drawn. Raises DeviceMissing when it is not there."""
    there = torch.cuda.is_available()
    if settings.device == "cuda" and not there:
        raise DeviceMissing("There is no GPU that PyTorch can use; use --device cpu.")
    return torch.device("cuda" if there and settings.device != "cpu" else "cpu")
