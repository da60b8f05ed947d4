"""The labelled pictures that benchmarks measure on: the large set where it is, else the demo's."""

from __future__ import annotations

from pathlib import Path

DEMO = Path(__file__).resolve().parents[2] / "demo"
LARGE = Path(__file__).resolve().parents[3] / "shared" / "data" / "synthetic"
"""Renders with known answers that lie beside some checkouts; the product never reads them."""
ENDINGS = {".jpg", ".jpeg", ".png", ".webp"}


def labelled_set() -> Path:
    """The folder with `cleaning/labels.csv` and `pair/`."""
    return LARGE if LARGE.is_dir() else DEMO


def readable(folder: Path) -> list[Path]:
    """The pictures in it, by name, without those that are broken on purpose."""
    files = sorted(path for path in folder.rglob("*") if path.suffix.lower() in ENDINGS)
    return [path for path in files if "broken" not in path.parts]
