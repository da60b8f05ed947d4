"""Reports of an evaluation: JSON, a text summary, a CSV table and a picture."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import asdict
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np

from curation.files import write_bytes, write_json
from curation.vision.alignment import Rgb
from training.engine.evaluate.draw import Drawings
from training.engine.evaluate.measure import Align, Figures, MeasuredSwap, means
from training.engine.marks.sheet import encode_sheet
from training.engine.run.folder import SIDES, Side
from training.engine.train.column_titles import titled

ROWS = 6
"""Cases that the picture shows."""
BRIGHTER = 3
"""Factor by which differences are amplified."""
COLUMNS = ("source", "swap", "truth", f"difference x {BRIGHTER}")
CASE = ("source", "truth", "into")
FIGURES = Figures.__slots__
KINDS = ("swap", "no_swap", "at_best")
REPORTED = (
    ("ssim", "SSIM", 3),
    ("psnr", "PSNR in dB", 1),
    ("identity", "identity distance", 3),
    ("landmarks", "landmark error", 4),
)
"""Metrics with their labels and digits in the summary."""


def summary(
    drawings: Drawings, measured: Sequence[MeasuredSwap], *, align: Align
) -> dict[str, Any]:
    """The mean metrics of each side, and those of each case."""
    sides = {side: _of_side(measured, side) for side in SIDES}
    return {
        "checkpoint": drawings.about,
        "align": align,
        "each": [_case(each) for each in measured],
        "into": {
            side: means_of_side
            for side, means_of_side in sides.items()
            if means_of_side["swap"]["pictures"]
        },
    }


def words(evaluation: dict[str, Any]) -> list[str]:
    """A line for each picture, and one for each person swapped in."""
    each = [_line(case) for case in evaluation["each"]]
    return [*each, *(_sentence(side, evaluation["into"][side]) for side in evaluation["into"])]


def write_report(
    folder: Path, evaluation: dict[str, Any], measured: Sequence[MeasuredSwap]
) -> None:
    """Write evaluation.json, evaluation.csv and a picture for each side. Raises DiskFull."""
    folder.mkdir(parents=True, exist_ok=True)
    write_json(folder / "evaluation.json", evaluation)
    write_bytes(folder / "evaluation.csv", _table(measured).encode())
    for side in evaluation["into"]:
        sheet = draw_sheet([each for each in measured if each.crops.case.into == side])
        write_bytes(folder / f"evaluation_into_{side}.webp", encode_sheet(sheet, quality=90))


def draw_sheet(measured: Sequence[MeasuredSwap]) -> Rgb:
    """Sample cases, one a row: source, swap, truth, and the difference inside the face."""
    places = np.linspace(0, len(measured) - 1, min(ROWS, len(measured))).round().astype(int)
    rows = []
    for crops in (measured[place].crops for place in places):
        apart = np.abs(crops.swap.astype(np.float64) - crops.truth) * BRIGHTER
        difference = (apart * (crops.mask[..., None] / 255)).clip(0, 255).round().astype(np.uint8)
        rows.append(np.hstack([crops.source, crops.swap, crops.truth, difference]))
    return titled(np.vstack(rows), COLUMNS)


def _case(each: MeasuredSwap) -> dict[str, Any]:
    """One picture's metrics."""
    case = each.crops.case
    return {
        **{name: str(getattr(case, name)) for name in CASE},
        **{kind: asdict(getattr(each, kind)) for kind in KINDS},
    }


def _line(case: dict[str, Any]) -> str:
    swap = (f"{called} {_number(case['swap'][name], digits)}" for name, called, digits in REPORTED)
    return f"{case['source']} into {case['into']}: {', '.join(swap)}"


def _of_side(measured: Sequence[MeasuredSwap], side: Side) -> dict[str, Any]:
    of_side = [each for each in measured if each.crops.case.into == side]
    return {
        "swap": means(each.swap for each in of_side),
        "no_swap": means(each.no_swap for each in of_side),
        "at_best": means(each.at_best for each in of_side),
    }


def _sentence(side: str, means_of_side: dict[str, Any]) -> str:
    figures = []
    for name, called, digits in REPORTED:
        swap, none, best = (_number(means_of_side[kind][name], digits) for kind in KINDS)
        figures.append(f"{called} {swap} (no swap {none}, upper bound {best})")
    swap = means_of_side["swap"]
    pictures, num_found = swap["pictures"], swap["faces_found"]
    return (
        f"Into {side}, {pictures} pictures, {num_found} with a detected face: {'; '.join(figures)}."
    )


def _number(value: float | None, digits: int = 3) -> str:
    return "unknown" if value is None else f"{value:.{digits}f}"


def _table(measured: Sequence[MeasuredSwap]) -> str:
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*CASE, *(f"{kind}_{name}" for kind in KINDS for name in FIGURES)])
    for each in measured:
        case = each.crops.case
        values = [getattr(getattr(each, kind), name) for kind in KINDS for name in FIGURES]
        numbers = ["" if value is None else f"{value:.5f}" for value in values]
        writer.writerow([case.source, case.truth, case.into, *numbers])
    return text.getvalue()
