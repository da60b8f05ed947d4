"""Converts pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PIL import Image

from curation.vision.alignment import Rgb
from curation.vision.decode import Unreadable, decode
from training.engine.convert.draw.swap import FaceSwapper
from training.engine.convert.faces.no_face_swapped import NoFaceSwapped, refuse_no_face_swapped
from training.engine.convert.mark import Draft, Marker
from training.engine.errors import ConversionRefused
from training.engine.marks import aigc
from training.engine.marks.label import VisibleLabel
from training.engine.phrasing import counted, reason_of
from training.engine.run.events import say

SAVING: dict[str, dict[str, Any]] = {
    ".jpg": {"format": "JPEG", "quality": 95, "subsampling": 0},
    ".jpeg": {"format": "JPEG", "quality": 95, "subsampling": 0},
    ".png": {"format": "PNG"},
    ".webp": {"format": "WEBP", "quality": 95},
}
"""Encoder options by suffix; the source's metadata is not copied."""


def convert_picture(source: Path, target: Path, *, swapper: FaceSwapper, marker: Marker) -> int:
    """Write `target`: the picture at `source` swapped, labelled, signed; returns its face count.

    Raises ConversionRefused for a picture that cannot be read, NoFaceSwapped, or NotMarked.
    """
    try:
        picture = decode(source.read_bytes()).rgb
    except (OSError, Unreadable) as error:
        reason = error.message if isinstance(error, Unreadable) else reason_of(error)
        raise ConversionRefused(f"{source} cannot be read as a picture. {reason}") from error
    if swapper.likeness:
        swapper.likeness.asked.clear()
    swapped = swapper.swap(picture)
    if swapped.num_faces == 0:
        refuse_no_face_swapped(source, swapper.settings, swapper.likeness, is_video=False)
    VisibleLabel(swapper.settings.label).draw(swapped.rgb)
    with marker.marked(target) as draft:
        save_picture(swapped.rgb, draft)
    return swapped.num_faces


def save_picture(rgb: Rgb, draft: Draft) -> None:
    """Write a picture with its `AIGC` key, in the format of the draft's name."""
    suffix = draft.path.suffix.lower()
    Image.fromarray(rgb).save(draft.path, **SAVING[suffix], **aigc.in_picture(draft.key, suffix))


def convert_folder(source: Path, target: Path, *, swapper: FaceSwapper, marker: Marker) -> None:
    """Convert every picture of a folder into another folder, which is there; pictures without a
    swapped face and unreadable files are reported and skipped.

    Raises ConversionRefused when none could be read, or NoFaceSwapped.
    """
    files = sorted(path for path in source.iterdir() if path.is_file())
    num_converted = num_without = 0
    for count, path in enumerate(files, start=1):
        suffix = path.suffix if path.suffix.lower() in SAVING else ".png"
        # Keeps the whole name, so that 1.bmp and 1.tif do not both become 1.png.
        name = path.name if suffix == path.suffix else path.name + suffix
        was_there = (target / name).exists()
        try:
            faces = convert_picture(path, target / name, swapper=swapper, marker=marker)
        except ConversionRefused as refusal:
            num_without += isinstance(refusal, NoFaceSwapped)
            older = f" The existing {name} is kept." if was_there else ""
            say(f"skipped: {refusal.message}{older}")
            continue
        num_converted += 1
        replaced = ", replaced" if was_there else ""
        say(f"{count}/{len(files)} {path.name}: {counted(faces, 'face')}{replaced}")
    if num_converted == 0 and num_without:
        pictures = counted(num_without, "picture")
        raise NoFaceSwapped(f"No face was swapped in {source} ({pictures}): nothing was written.")
    if num_converted == 0:
        raise ConversionRefused(f"There is no readable picture in {source}.")
