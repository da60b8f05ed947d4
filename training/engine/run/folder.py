"""What lies in a run folder, by name: for the trainer that fills it and for who looks on.

config.json, events.jsonl and trainer.lock are named where they are read: config.py, events.py,
lock.py. A release's files, in each side's folder, are named by curation/releases/manifest.py.
"""

from __future__ import annotations

from typing import Literal

Side = Literal["a", "b"]
SIDES: tuple[Side, Side] = ("a", "b")
"""The two people of a run; each has a folder of that name with their release."""
LOG_FILE = "trainer.log"
"""What a trainer that was started by the site has printed."""
COMMANDS = "commands"
"""Folder of what is asked of the trainer, and not obeyed yet."""
CHECKPOINTS = "checkpoints"
PREVIEWS = "previews"
NEWEST_PREVIEW, NEWEST_MASKED_PREVIEW = "preview.webp", "preview.mask.webp"
"""In `previews/`; the second shows all but the faces veiled."""
TIMELAPSE = "timelapse"
TENSORBOARD = "tensorboard"
FACES = "faces"
"""In a side's folder: its faces, extracted once."""
SEGMENTATION = "segmentation"
"""Stem of the user's own segmentation weights, with a `.json` beside them."""
CONVERSIONS = "conversions"
"""Logs of what was converted with the run's checkpoints."""


def preview_file(step: int) -> str:
    """Name of the preview drawn at a step."""
    return f"{step:08d}.webp"


def masked_preview_file(step: int) -> str:
    """Name of the same with all but the faces veiled."""
    return f"{step:08d}.mask.webp"
