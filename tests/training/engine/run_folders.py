"""Makes run folders, starts trainers on them and looks at what they left."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import time
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image, ImageEnhance, ImageOps
from safetensors.torch import load_file
from torch import Tensor

from curation.releases.manifest import (
    IMAGES_FOLDER,
    MANIFEST_FILE,
    Entry,
    Header,
    Manifest,
    digest_of,
    encode,
)
from curation.vision.alignment import MEAN_FACE, Centring, Square
from tests.training.engine import tiny
from training.engine.checkpoints.checkpoint import last_checkpoint
from training.engine.data.cutting import CutOut
from training.engine.data.faces import FaceKey, stored_size, write_faces
from training.engine.run.events import EVENTS_FILE, read_events

VIEWS: dict[Centring, Square] = {
    "legacy": (0.0, 0.0, 0.6),
    "face": (0.0, 0.0, 0.75),
    "head": (0.0, 0.0, 1.0),
}
ROOT = Path(__file__).resolve().parents[3]
PORTRAITS = ROOT / "demo" / "portraits"


def varied(portrait: Path, variant: int) -> bytes:
    """A portrait made smaller and a little different, as a JPEG."""
    picture = ImageOps.exif_transpose(Image.open(portrait)).resize((240, 300))
    if variant % 2:
        picture = ImageOps.mirror(picture)
    picture = ImageEnhance.Brightness(picture).enhance(0.85 + 0.1 * (variant // 2))
    buffer = BytesIO()
    picture.save(buffer, "JPEG", quality=92)
    return buffer.getvalue()


def write_release(folder: Path, subject: str, pictures: list[bytes]) -> str:
    """A release as the site lays it into a run folder; gives its manifest's digest."""
    (folder / IMAGES_FOLDER).mkdir(parents=True)
    entries = []
    for number, content in enumerate(pictures, start=1):
        entry = Entry(
            number=number,
            name=f"图 {number}.jpg",
            file=f"{number:05d}_图 {number}.jpg",
            file_sha256=hashlib.sha256(content).hexdigest(),
            file_size_bytes=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
            size_bytes=len(content),
            width=240,
            height=300,
            sources=(),
        )
        (folder / IMAGES_FOLDER / entry.file).write_bytes(content)
        entries.append(entry)
    header = Header(project="fans", subject=subject, rule="2/3")
    listing = encode(Manifest(header=header, entries=tuple(entries)))
    (folder / MANIFEST_FILE).write_bytes(listing)
    return digest_of(listing)


def portraits_of(person: str, *, variants: int) -> list[bytes]:
    portraits = sorted(PORTRAITS.glob(f"{person}_*.jpg"))
    return [varied(portrait, variant) for portrait in portraits for variant in range(variants)]


def known_landmarks(count: int) -> NDArray[np.float32]:
    """Landmarks of an upright frontal face, 90 pixels wide, in the middle of such a portrait."""
    angles = np.linspace(np.pi, 0, 17)
    jaw = np.stack([0.5 + 0.6 * np.cos(angles), 0.35 + 0.85 * np.sin(angles)], axis=1)
    points = np.concatenate([jaw, MEAN_FACE]) * 90 + (75, 100)
    return np.repeat(points[None].astype(np.float32), count, axis=0)


def put_faces(
    folder: Path, digest: str, pictures: list[bytes], *, model_input: int = tiny.SIZE
) -> None:
    """The faces of such pictures, put where a trainer would: finding them takes too long here.

    All portraits show the face in the same place.
    """
    size = stored_size(model_input, centring="face", coverage=0.8)
    key = FaceKey(manifest_sha256=digest, size=size, mask="extended")
    masks = np.zeros((size, size, 3), np.uint8)
    middle = slice(size * 5 // 16, size * 11 // 16)
    masks[middle, middle, 0] = masks[size * 2 // 5, middle, 1] = masks[size // 2, middle, 2] = 255
    jaw = np.linspace((-0.1, 0.3), (1.1, 0.3), 17)
    landmarks = (np.concatenate([jaw, MEAN_FACE]) * 0.375 + 0.3).astype(np.float32) * size
    faces = []
    for number, content in enumerate(pictures, start=1):
        picture = Image.open(BytesIO(content)).crop((13, 13, 227, 227)).resize((size, size))
        pixels = np.dstack([np.asarray(picture), masks])
        faces.append(CutOut(number=number, pixels=pixels, landmarks=landmarks, views=VIEWS))
    (folder / "faces").mkdir(exist_ok=True)
    write_faces(folder / "faces", key, faces, total=len(faces))


def write_config(run_dir: Path, settings: dict[str, Any]) -> None:
    """Settings for a few steps of the tiny model, changed by what is given."""
    usual = {"model": "tiny", "steps": 1, "batch_size": 4, "save_seconds": 0, "device": "cpu"}
    (run_dir / "config.json").write_text(json.dumps({**usual, "preview_seconds": 0, **settings}))


def start_trainer(run_dir: Path, *launcher: str) -> subprocess.Popen[str]:
    """Starts training in a process of its own, by `launcher` or plain Python."""
    command = [sys.executable, *(launcher or ("-m",)), "tests.training.engine.tiny", str(run_dir)]
    return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)


def saved_tensors(run_dir: Path) -> dict[str, Tensor]:
    """Every tensor of a run's last checkpoint."""
    checkpoint = last_checkpoint(run_dir)
    assert checkpoint is not None
    return load_file(checkpoint.path)


def assert_same(left: dict[str, Tensor], right: dict[str, Tensor]) -> None:
    """Both hold the same tensors, bit for bit."""
    assert left.keys() == right.keys()
    different = [name for name in left if not torch.equal(left[name], right[name])]
    assert not different


def wait_for_step(run_dir: Path, step: int) -> None:
    """Return once a running trainer has told of that step."""
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline:
        events, _ = read_events(run_dir / EVENTS_FILE)
        if any(event["event"] == "loss" and event["step"] >= step for event in events):
            return
        time.sleep(0.01)
    pytest.fail(f"step {step} was never reached")
