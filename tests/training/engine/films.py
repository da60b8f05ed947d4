"""Makes small videos of Bob, converts them, and looks at what came out."""

from __future__ import annotations

import struct
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

import av
import numpy as np
from PIL import Image

from curation.vision.faces import FaceFinder
from curation.vision.video.reader import VideoReader
from tests.training.engine.run_folders import PORTRAITS
from training.engine.convert.__main__ import main
from training.engine.convert.film.overlap import StageTimes
from training.engine.convert.film.writer import VideoWriter
from training.engine.convert.frame_ranges import FrameRanges
from training.engine.convert.settings import ConvertSettings
from training.engine.run.events import say

Pixels = np.ndarray
STAMPS = [2, 3, 4, 6, 7, 8, 11, 12]
"""Late and not evenly spaced, as phones film: every one must come out as it went in."""
RATE = 10


def convert(trained: Path, source: Path, target: Path, *more: str) -> int:
    given = ["--checkpoint", str(trained), "--input", str(source), "--output", str(target)]
    return main([*given, "--into", "a", *more])


def rewrite(source: Path, target: Path, **settings: Any) -> None:
    """Read a film and write it again, as a conversion does around its swap, whoever is in it."""
    wanted, times = ConvertSettings.from_dict(settings), StageTimes()
    ranges = FrameRanges.read(wanted.frames)
    with av.open(str(source)) as film, av.open(str(target), "w") as result:
        reading = VideoReader(film, str(source), decoding=partial(times.spent, "decode"), warn=say)
        writing = VideoWriter(reading, result, wanted.film, times)
        for frame in reading.frames():
            writing.write(frame, keep=wanted.other_frames == "keep" or frame.number in ranges)
        writing.finish(reading.left_over)


def pixels_of(path: Path) -> Pixels:
    return np.asarray(Image.open(path).convert("RGB")).astype(int)


def face_box(picture: Pixels) -> tuple[slice, slice]:
    """Where the features are, brow to mouth."""
    (face,) = FaceFinder().find(picture.astype(np.uint8), descriptors=False)
    (left, top), (right, bottom) = face.landmarks[17:].min(0), face.landmarks[17:].max(0)
    return slice(int(top), int(bottom)), slice(int(left), int(right))


def assert_face_changed_and_label_shown(before: Pixels, after: Pixels) -> None:
    assert before.shape == after.shape
    difference = np.abs(before - after).max(axis=2)
    height, width = difference.shape
    face = difference[face_box(before)]
    assert face.mean() > 8
    # The upper corners show background: nothing may change there.
    assert difference[: height // 8, : width // 8].mean() < 2
    assert difference[: height // 8, -width // 8 :].mean() < 2
    label = difference[-height // 10 :, : width // 4]
    assert label.max() > 60


def make_video(path: Path, *, sound: bool = True, sideways: bool = False) -> None:
    """Bob moves to the right for eight frames, with a second of sound."""
    bob = Image.open(PORTRAITS / "bob_1.jpg").resize((240, 300))
    width, height = (300, 320) if sideways else (320, 300)
    with av.open(str(path), "w") as film:
        pictures = film.add_stream("libx264", rate=RATE, options={"crf": "10"})
        pictures.width, pictures.height, pictures.pix_fmt = width, height, "yuv420p"
        pictures.codec_context.time_base = Fraction(1, RATE)
        tone = film.add_stream("aac", rate=16000, layout="mono") if sound else None
        for count, stamp in enumerate(STAMPS):
            canvas = Image.new("RGB", (320, 300), (60, 90, 70))
            canvas.paste(bob, (8 * count, 0))
            held = canvas.transpose(Image.Transpose.ROTATE_90) if sideways else canvas
            frame = av.VideoFrame.from_ndarray(np.asarray(held), format="rgb24")
            frame.pts, frame.time_base = stamp, Fraction(1, RATE)
            film.mux(pictures.encode(frame))
        if tone:
            wave = np.sin(np.arange(16000) / 8, dtype=np.float32)[None] / 4
            heard = av.AudioFrame.from_ndarray(wave, format="fltp", layout="mono")
            heard.sample_rate, heard.pts = 16000, 0
            film.mux(tone.encode(heard))
            film.mux(tone.encode(None))
        film.mux(pictures.encode(None))


def note_quarter_turn(path: Path) -> None:
    """Write into an MP4 that its pictures are to be shown turned clockwise, as phones do."""
    content = bytearray(path.read_bytes())
    # The track header's matrix: nine big-endian numbers, 40 bytes after its fields begin.
    start = content.index(b"tkhd") + 4 + 40
    numbers = (0, 0x10000, 0, -0x10000, 0, 0, 300 << 16, 0, 0x40000000)
    content[start : start + 36] = struct.pack(">9i", *numbers)
    path.write_bytes(bytes(content))


def stamps_and_frames(path: Path) -> tuple[list[Fraction], list[Pixels]]:
    with av.open(str(path)) as film:
        shown = [
            (frame.pts * frame.time_base, frame.to_ndarray(format="rgb24").astype(int))
            for frame in film.decode(video=0)
        ]
    return [stamp for stamp, _ in shown], [frame for _, frame in shown]


def sound_packets(path: Path) -> list[tuple[Fraction, bytes]]:
    with av.open(str(path)) as film:
        return [
            (packet.pts * packet.time_base, bytes(packet))
            for packet in film.demux(audio=0)
            if packet.pts is not None
        ]


def crop_to_odd(source: Path, target: Path) -> None:
    stamps, frames = stamps_and_frames(source)
    with av.open(str(target), "w") as film:
        pictures = film.add_stream("libx264", rate=RATE)
        pictures.width, pictures.height, pictures.pix_fmt = 319, 299, "yuv444p"
        for stamp, pixels in zip(stamps, frames, strict=True):
            cropped = np.ascontiguousarray(pixels[:299, :319].astype(np.uint8))
            frame = av.VideoFrame.from_ndarray(cropped, format="rgb24")
            frame.pts, frame.time_base = int(stamp * RATE), Fraction(1, RATE)
            film.mux(pictures.encode(frame))
        film.mux(pictures.encode(None))


def make_long_video(path: Path, *, frames: int = 300) -> None:
    """Bob for so many frames, with the index at the file's head, as for the web."""
    bob = Image.open(PORTRAITS / "bob_1.jpg").resize((240, 300))
    with av.open(str(path), "w", options={"movflags": "faststart"}) as film:
        pictures = film.add_stream("libx264", rate=25, options={"crf": "20", "g": "10"})
        pictures.width, pictures.height, pictures.pix_fmt = 320, 300, "yuv420p"
        for number in range(frames):
            canvas = Image.new("RGB", (320, 300), (60, 90, 70))
            canvas.paste(bob, (40 + round(40 * np.sin(number / 20)), 0))
            film.mux(pictures.encode(av.VideoFrame.from_image(canvas)))
        film.mux(pictures.encode(None))
