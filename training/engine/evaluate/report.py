"""Tells what was measured: figures for programs, a line for people, a table and a picture."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from training.engine.alignment import Rgb
from training.engine.architectures import Side
from training.engine.durable import write_bytes, write_json
from training.engine.evaluate.draw import Drawings
from training.engine.evaluate.measure import Align, Figures, Measured, mean, means
from training.engine.evaluate.truth import SIDES

ROWS = 6
"""Cases that the picture shows."""
BRIGHTER = 3
"""So many times brighter is a difference shown."""
SIDE_COLUMNS = ("source", "truth", "into")
FIGURES = Figures.__slots__


def summary(drawings: Drawings, measured: Sequence[Measured], *, align: Align) -> dict[str, Any]:
    """The means over all cases of each side, with what they were measured of."""
    sides = {side: _of_side(measured, side) for side in SIDES}
    return {
        "checkpoint": drawings.about,
        "align": align,
        "into": {side: told for side, told in sides.items() if told["swap"]["pictures"]},
    }


def words(told: dict[str, Any]) -> list[str]:
    """A sentence for each person who was put in."""
    return [_sentence(side, told["into"][side]) for side in told["into"]]


def write_report(folder: Path, told: dict[str, Any], measured: Sequence[Measured]) -> None:
    """Write evaluation.json, evaluation.csv and a picture for each side. Raises DiskFull."""
    folder.mkdir(parents=True, exist_ok=True)
    write_json(folder / "evaluation.json", told)
    write_bytes(folder / "evaluation.csv", _table(measured).encode())
    for side in told["into"]:
        buffer = BytesIO()
        sheet = draw_sheet([each for each in measured if each.crops.case.into == side])
        Image.fromarray(sheet).save(buffer, "WEBP", quality=90)
        write_bytes(folder / f"evaluation_into_{side}.webp", buffer.getvalue())


def draw_sheet(measured: Sequence[Measured]) -> Rgb:
    """Cases from all over, one a row: source, swap, truth, and what differs inside the face."""
    places = np.linspace(0, len(measured) - 1, min(ROWS, len(measured))).round().astype(int)
    rows = []
    for crops in (measured[place].crops for place in places):
        apart = np.abs(crops.swap.astype(np.float64) - crops.truth) * BRIGHTER
        difference = (apart * (crops.mask[..., None] / 255)).clip(0, 255).round().astype(np.uint8)
        rows.append(np.hstack([crops.source, crops.swap, crops.truth, difference]))
    return np.vstack(rows)


def _of_side(measured: Sequence[Measured], side: Side) -> dict[str, Any]:
    of_side = [each for each in measured if each.crops.case.into == side]
    return {
        "swap": means(each.swap for each in of_side),
        "no_swap": means(each.no_swap for each in of_side),
        "truth_identity": mean([each.truth_identity for each in of_side]),
    }


def _sentence(side: str, told: dict[str, Any]) -> str:
    swap, none = told["swap"], told["no_swap"]
    return (
        f"Into {side}, {swap['pictures']} pictures ({swap['faces_found']} with a face found): "
        f"SSIM {_number(swap['ssim'])} (without a swap {_number(none['ssim'])}), "
        f"PSNR {_number(swap['psnr'], 1)} dB ({_number(none['psnr'], 1)}), "
        f"identity {_number(swap['identity'])} ({_number(none['identity'])}, "
        f"the truth itself {_number(told['truth_identity'])}), "
        f"landmarks {_number(swap['landmarks'], 4)} ({_number(none['landmarks'], 4)})."
    )


def _number(value: float | None, digits: int = 3) -> str:
    return "unknown" if value is None else f"{value:.{digits}f}"


def _table(measured: Sequence[Measured]) -> str:
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    without = [f"{name}_without_swap" for name in FIGURES]
    writer.writerow([*SIDE_COLUMNS, *FIGURES, *without, "truth_identity"])
    for each in measured:
        case = each.crops.case
        figures = [getattr(of, name) for of in (each.swap, each.no_swap) for name in FIGURES]
        numbers = ["" if value is None else f"{value:.5f}" for value in figures]
        own = "" if each.truth_identity is None else f"{each.truth_identity:.5f}"
        writer.writerow([case.source, case.truth, case.into, *numbers, own])
    return text.getvalue()
