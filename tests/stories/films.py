"""Films that several rooms read."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
from av.stream import Disposition


def make_noise(path: Path, *, frames: int = 100, **options: Any) -> None:
    """Noise that no codec makes small, a second of it in 25 frames."""
    chance = np.random.default_rng(0)
    with av.open(str(path), "w", **options) as film:
        pictures = film.add_stream("libx264", rate=25, options={"g": "10"})
        pictures.width, pictures.height, pictures.pix_fmt = 160, 120, "yuv420p"
        for _ in range(frames):
            pixels = chance.integers(0, 255, (120, 160, 3), dtype=np.uint8)
            film.mux(pictures.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        film.mux(pictures.encode(None))


def scene(seed: int, *, width: int = 320, height: int = 180) -> np.ndarray:
    """A soft coloured picture of nobody; another seed gives another one."""
    chance = np.random.default_rng(seed)
    small = chance.integers(0, 255, (5, 8, 3), dtype=np.uint8)
    return cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)


def write_film(
    path: Path,
    pictures: Iterable[np.ndarray],
    *,
    sound: str = "",
    codec: str = "libx264",
    pixels: str = "yuv420p",
    options: dict[str, str] | None = None,
    colours: tuple[int, int, int] | None = None,
    container: dict[str, str] | None = None,
    pixel_aspect: Fraction | None = None,
) -> None:
    """The pictures at 25 a second; `sound` is a codec for a tone beside them; `colours` are matrix,
    primaries and transfer, as numbers of H.273.
    """
    frames = list(pictures)
    with av.open(str(path), "w", options=container or {}) as film:
        stream = film.add_stream(codec, rate=25, options=options or {"crf": "10"})
        stream.height, stream.width = frames[0].shape[:2]
        stream.pix_fmt = pixels
        if pixel_aspect:
            stream.codec_context.sample_aspect_ratio = pixel_aspect
        if colours:
            context = stream.codec_context
            context.colorspace, context.color_primaries, context.color_trc = colours
            context.color_range = 1
        tone = film.add_stream(sound, rate=22050, layout="mono") if sound else None
        for number, picture in enumerate(frames):
            frame = av.VideoFrame.from_ndarray(picture, format=_layout_of(picture))
            frame.pts, frame.time_base = number, Fraction(1, 25)
            film.mux(stream.encode(frame))
            if tone:
                _add_tone(film, tone, number)
        if tone:
            film.mux(tone.encode(None))
        film.mux(stream.encode(None))


def _layout_of(picture: np.ndarray) -> str:
    return "rgb48le" if picture.dtype == np.uint16 else "rgb24"


def _add_tone(film: Any, tone: Any, number: int) -> None:
    at = number * 882
    wave = np.sin(np.arange(at, at + 882, dtype=np.float32) / 8)[None] / 4
    heard = av.AudioFrame.from_ndarray(wave.astype(np.float32), format="fltp", layout="mono")
    heard.sample_rate, heard.pts, heard.time_base = 22050, at, Fraction(1, 22050)
    film.mux(tone.encode(heard))


def put_cover_first(path: Path, target: Path, *, noted: bool) -> None:
    """The same film with a cover before it, which may be noted as such, as music shops do."""
    with av.open(str(path)) as film, av.open(str(target), "w") as result:
        cover = result.add_stream("mjpeg", rate=25)
        cover.width, cover.height, cover.pix_fmt = 400, 500, "yuvj420p"
        if noted:
            cover.disposition = Disposition.attached_pic
        copied = {each.index: result.add_stream_from_template(each) for each in film.streams}
        frame = av.VideoFrame.from_ndarray(scene(99, width=400, height=500), format="rgb24")
        result.mux(cover.encode(frame))
        result.mux(cover.encode(None))
        for packet in film.demux():
            if packet.dts is not None:
                packet.stream = copied[packet.stream.index]
                result.mux(packet)
