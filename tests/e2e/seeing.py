"""Pictures to judge by the hundred, and what of them is on the screen."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from PIL import Image

DEMO = Path(__file__).resolve().parents[2] / "demo"
SHOWN = """() => {
  const page = document.querySelector(".grid");
  if (page) {
    const cells = [...page.querySelectorAll(".cell")];
    const there = Number(page.dataset.shown) === cells.length;
    return there ? cells.map((cell) => Number(cell.dataset.item)) : [];
  }
  const room = document.querySelector(".stage__room[data-shown]");
  return room?.querySelector("img") ? [Number(room.dataset.shown)] : [];
}"""
"""The items that are to be judged now, by id; none until all their pictures are there."""


def clouds(folder: Path, num: int) -> list[Path]:
    """Small pictures of colours that flow into each other, each its own."""
    dice = np.random.default_rng(11)
    paths = []
    for number in range(num):
        few = dice.integers(0, 256, (8, 8, 3), np.uint8)
        paths.append(folder / f"IMG_{number:04}.jpg")
        Image.fromarray(few).resize((320, 320), Image.Resampling.BICUBIC).save(paths[-1])
    return paths


def photographs(folder: Path, num: int) -> list[Path]:
    """As heavy as people's: their copies have about 100 kB, the median of fourteen photographs."""
    grain = np.random.default_rng(7)
    scan = Image.open(DEMO / "cleaning" / "scan" / "scan 057.webp").convert("RGB")
    scan = scan.resize((1080, 1440), Image.Resampling.LANCZOS)
    pixels = np.asarray(scan, np.float32)
    paths = []
    for number in range(num):
        noise = grain.normal(0, 2.7, (1440, 1080, 1)).astype(np.float32)
        paths.append(folder / f"IMG_{number:04}.jpg")
        Image.fromarray((pixels + noise).clip(0, 255).astype(np.uint8)).save(paths[-1], quality=90)
    copy = io.BytesIO()
    Image.open(paths[0]).save(copy, "WEBP", quality=82, method=2)
    assert 80_000 < len(copy.getvalue()) < 120_000
    return paths
