"""The `AIGC` key in films: among the container's metadata.

Apart from aigc.py, because machines that only train and draw have no FFmpeg.
"""

from __future__ import annotations

from pathlib import Path

import av
from av.container import OutputContainer

from training.engine.marks.aigc import KEY

FILM_OPTIONS = {"movflags": "use_metadata_tags"}
"""Without it FFmpeg drops every key that QuickTime did not know."""


def put_into_film(key: str, film: OutputContainer) -> None:
    """Give the key to a film that was opened with FILM_OPTIONS and has no frame yet."""
    film.metadata[KEY] = key


def film_carries(path: Path, key: str) -> bool:
    """Whether a film has that key in it, as FFmpeg reads it; False for what is no film."""
    try:
        with av.open(str(path)) as film:
            return film.metadata.get(KEY) == key
    except av.FFmpegError:
        return False
