"""How fast a video is converted, and what bounds it: a face moves about in a 1080p film.

    python tests/bench/bench_convert.py [--model dfl-h128] [--frames 300] [--device cuda]
        [--landmarks known]

The weights are random: they take as long as trained ones. With `--landmarks known` no face is
looked for, so that it runs where none can be found; following them is done all the same. Prints
frames per second, and for how long each stage was busy per frame: they run at the same time, so
the longest one bounds the whole.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from contextlib import closing
from fractions import Fraction
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import av
import cv2
import numpy as np
import torch

from curation.vision.alignment import MEAN_FACE, Points, Rgb
from curation.vision.video.reader import VideoReader
from training.engine.convert.draw.drawing import Drawer, TrainedView
from training.engine.convert.draw.swap import chosen_device
from training.engine.convert.faces.finding import FrameFaceFinder, FrameFinder
from training.engine.convert.film.overlap import StageTimes
from training.engine.convert.film.writer import VideoWriter
from training.engine.convert.pipeline import Pipeline
from training.engine.convert.settings import ConvertSettings, Film
from training.engine.data.finder import SiteFinder
from training.engine.marks.label import VisibleLabel
from training.engine.models.face_model import count_parameters
from training.engine.models.registry import architecture_named

PORTRAIT = Path(__file__).resolve().parents[2] / "demo" / "portraits" / "bob_1.jpg"
WIDTH, HEIGHT, RATE = 1920, 1080, 25
LOOP = 50
"""Frames after which the face is back where it was."""


def corner_in(number: int) -> tuple[int, int]:
    """Where the portrait's left upper corner is in a frame."""
    angle = 2 * np.pi * number / LOOP
    return round(600 + 300 * np.cos(angle)), round(60 + 40 * np.sin(2 * angle))


def portrait() -> Rgb:
    content = np.frombuffer(PORTRAIT.read_bytes(), np.uint8)
    bgr = cv2.imdecode(content, cv2.IMREAD_COLOR)
    return cv2.cvtColor(cv2.resize(bgr, (720, 900)), cv2.COLOR_BGR2RGB).astype(np.uint8)


def landmarks_in_portrait() -> Points:
    """About where they are; the finder, where it is, is asked instead."""
    angles = np.linspace(np.pi, 0, 17)
    jaw = np.stack([0.5 + 0.6 * np.cos(angles), 0.35 + 0.85 * np.sin(angles)], axis=1)
    return np.concatenate([jaw, MEAN_FACE]) * 260 + [230, 300]


class KnownFinding:
    """Knows where the face is."""

    def find(self, number: int, rgb: Rgb) -> list[Points]:
        return [landmarks_in_portrait() + corner_in(number)]


def make_film(path: Path, num_frames: int) -> None:
    face = portrait()
    noise = np.random.default_rng(0).integers(0, 40, (HEIGHT // 4, WIDTH // 4, 3), np.uint8)
    ground = cv2.resize(noise, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC) + 60
    options = {"crf": "20", "preset": "veryfast"}
    with av.open(str(path), "w") as film:
        stream = film.add_stream("libx264", rate=RATE, options=options)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for number in range(1, num_frames + 1):
            left, top = corner_in(number)
            picture = ground.astype(np.uint8)
            picture[top : top + 900, left : left + 720] = face
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, RATE)
            film.mux(stream.encode(frame))
        film.mux(stream.encode(None))


def open_drawer(given: argparse.Namespace, settings: ConvertSettings) -> Drawer:
    architecture = architecture_named(given.model)
    device = chosen_device(settings)
    torch.manual_seed(0)
    model = architecture.build().to(device).eval()
    print(f"{given.model}: {count_parameters(model) / 1e6:.2f} M parameters, on {device}")
    view = TrainedView(coverage=0.8, centring="face", mask="extended")
    return Drawer(
        model=model,
        architecture=architecture,
        into="a",
        view=view,
        settings=settings,
        device=device,
    )


def convert(source: Path, target: Path, pipeline: Pipeline, times: StageTimes) -> tuple[int, int]:
    """Convert a film as convert_video does, unsigned; gives its frames and its faces."""
    label, num_frames, num_faces = VisibleLabel(), 0, 0
    with av.open(str(source)) as film, av.open(str(target), "w") as result:
        reading = VideoReader(film, str(source), decoding=partial(times.spent, "decode"))
        writing = VideoWriter(reading, result, pipeline.settings.film, times)
        with closing(pipeline.run(reading.frames())) as frames:
            for done in frames:
                label.draw(done.frame.rgb)
                writing.write(done.frame)
                num_frames, num_faces = num_frames + 1, num_faces + done.num_faces
        writing.finish(reading.left_over)
    return num_frames, num_faces


def report(times: StageTimes, num_frames: int, seconds: float, workers: int) -> None:
    print(f"{num_frames / seconds:.1f} frames/s ({num_frames} frames of 1080p in {seconds:.1f} s)")
    per_frame = {stage: busy / num_frames * 1000 for stage, busy in times.busy.items()}
    if "detect" in per_frame:
        print(f"  detect   {per_frame['detect']:7.2f} ms of work, by {workers} threads:")
        per_frame["detect"] /= workers
    for stage, busy in sorted(per_frame.items(), key=lambda each: -each[1]):
        print(f"  {stage:8} {busy:7.2f} ms a frame, alone {1000 / max(busy, 1e-6):7.1f} frames/s")
    print(f"bound by: {max(per_frame, key=lambda stage: per_frame[stage])}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="dfl-h128")
    parser.add_argument("--frames", type=int, default=200)
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    parser.add_argument("--landmarks", choices=("found", "known"), default="found")
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--workers", type=int, default=0)
    parser.add_argument("--detect-every", type=int, default=ConvertSettings().detect_every)
    parser.add_argument("--preset", default=Film().preset)
    parser.add_argument("--colour", default="avg")
    given = parser.parse_args()
    settings = ConvertSettings.from_dict(
        {
            "device": given.device,
            "batch": given.batch,
            "workers": given.workers,
            "detect_every": given.detect_every,
            "film": {"preset": given.preset},
            "colour": {"match": given.colour},
        }
    )
    finding: FrameFaceFinder = (
        KnownFinding() if given.landmarks == "known" else FrameFinder(SiteFinder())
    )
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "in.mp4"), Path(folder, "out.mp4")
        make_film(source, given.frames)
        drawer = open_drawer(given, settings)
        # Once before, so that what is only done the first time is not counted.
        warm = Path(folder, "warm.mp4")
        make_film(warm, 20)
        convert(warm, target, Pipeline(drawer, settings, finding, StageTimes()), StageTimes())
        times = StageTimes()
        pipeline = Pipeline(drawer, settings, finding, times)
        begun = time.perf_counter()
        num_frames, num_faces = convert(source, target, pipeline, times)
        report(times, num_frames, time.perf_counter() - begun, pipeline.num_workers)
        print(f"{num_faces} faces drawn over")


if __name__ == "__main__":
    main()
