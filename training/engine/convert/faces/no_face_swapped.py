"""Refuses outputs without a swapped face, saying why and what to try.

They would be marked as generated without being so.
"""

from __future__ import annotations

from pathlib import Path

from training.engine.convert.faces.finding import Likeness
from training.engine.convert.faces.tracks import SAMPLES
from training.engine.convert.frame_ranges import FrameRanges
from training.engine.convert.settings import ConvertSettings
from training.engine.errors import ConversionRefused
from training.engine.phrasing import counted


class NoFaceSwapped(ConversionRefused):
    """A picture or video has no face to swap."""

    code = "nobody_swapped"


def refuse_no_face_swapped(
    source: Path, settings: ConvertSettings, likeness: Likeness | None, *, is_video: bool
) -> None:
    """Raise NoFaceSwapped for a source without a wanted face."""
    where = "the selected frames of " if is_video and settings.frames.strip() else ""
    asked = likeness.asked if likeness else []
    nearest = min((apart for apart in asked if apart is not None), default=None)
    if nearest is not None:
        threshold = f"the threshold is {settings.same_person:.2f}"
        if is_video:
            threshold += f" for the median of a face's first {SAMPLES} detections"
        raise NoFaceSwapped(
            f"No face was swapped, so nothing was written: no face in {where}{source} matches the "
            f"one in {settings.only_like}. The smallest distance is {nearest:.2f}; {threshold}. "
            "Use another portrait, or raise --same-person.",
            nearest=nearest,
        )
    if asked:
        raise NoFaceSwapped(
            f"No face was swapped, so nothing was written: no face in {where}{source} is clear "
            f"enough to be compared with the one in {settings.only_like}."
        )
    more = ", or detect faces in every frame with --detect-every 1" if is_video else ""
    raise NoFaceSwapped(
        f"No face was swapped, so nothing was written: no face was detected in {where}{source}. "
        f"Use one with a larger, sharper or more frontal face{more}."
    )


def refuse_frames_beyond(source: Path, settings: ConvertSettings, num_frames: int) -> None:
    """Raise ConversionRefused when a video ends before the first of the frames asked for."""
    if FrameRanges.read(settings.frames).begin_after(num_frames):
        raise ConversionRefused(
            f"{source} has {counted(num_frames, 'frame')}, so --frames {settings.frames} selects "
            "none of them. Nothing was written.",
            frames=num_frames,
        )
