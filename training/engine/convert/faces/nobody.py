"""Says why nobody was swapped and what to try: an output that shows nothing new is not written.

It would say, signed and to be seen, that it is generated, and that would not be true.
"""

from __future__ import annotations

from pathlib import Path

from training.engine.convert.faces.finding import Likeness
from training.engine.convert.faces.tracks import SAMPLES
from training.engine.convert.frame_ranges import FrameRanges
from training.engine.convert.settings import ConvertSettings
from training.engine.errors import ConversionRefused
from training.engine.phrasing import counted


class NobodySwapped(ConversionRefused):
    """No face that was to be drawn over is in a picture or a video."""

    code = "nobody_swapped"


def refuse_nobody(
    source: Path, settings: ConvertSettings, likeness: Likeness | None, *, is_video: bool
) -> None:
    """Raise NobodySwapped for a source without a wanted face."""
    where = "the frames asked for of " if is_video and settings.frames.strip() else ""
    asked = likeness.asked if likeness else []
    nearest = min((apart for apart in asked if apart is not None), default=None)
    if nearest is not None:
        wanted = f"{settings.same_person:.2f} is wanted"
        if is_video:
            wanted += f", in the middle of a face's first {SAMPLES} sightings"
        raise NobodySwapped(
            f"Nobody was swapped, so nothing was written: no face in {where}{source} is like the "
            f"one in {settings.only_like}. The nearest is {nearest:.2f} away, and less than "
            f"{wanted}. Take another portrait, or raise --same-person.",
            nearest=nearest,
        )
    if asked:
        raise NobodySwapped(
            f"Nobody was swapped, so nothing was written: no face in {where}{source} is seen well "
            f"enough to be compared with the one in {settings.only_like}."
        )
    more = ", or look in every frame with --detect-every 1" if is_video else ""
    raise NobodySwapped(
        f"Nobody was swapped, so nothing was written: no face was found in {where}{source}. Take "
        f"one in which a face is larger, sharper, or seen more from the front{more}."
    )


def refuse_frames_beyond(source: Path, settings: ConvertSettings, num_frames: int) -> None:
    """Raise ConversionRefused when a video ends before the first of the frames asked for."""
    if FrameRanges.read(settings.frames).begin_after(num_frames):
        raise ConversionRefused(
            f"{source} has {counted(num_frames, 'frame')}, so --frames {settings.frames} asks for "
            "none of them. Nothing was written.",
            frames=num_frames,
        )
