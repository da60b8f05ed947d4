"""How fast a film of 1080p becomes pictures, as a whole import, and in how much memory.

    python tests/bench/bench_film.py [FILM] [--minutes 2]

Without FILM one is made: people of the demo before walls that change every few seconds, moving,
with the grain of a camera (H.264, 1920 x 1080, 25 a second, 6 Mbit/s, AAC beside it). A FILM that
is given is repeated until it is long enough; its pictures are then known from the second time on,
which saves some storing. Measured are the seconds of the import with all that it stores,
and the largest memory of the process and its children together. What other programs took of the
processors meanwhile is taken off the seconds, and said; what nobody used is not.

Fails below TIMES_REAL_TIME, above MOST_MEGABYTES, or when the second half of the film takes more
memory than the first by GROWTH: then a longer film would take more still. What 24 minutes would
take is said beside.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from fractions import Fraction
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import av
import cv2
import numpy as np

from tests.bench.databases import ROOT, figures_of

TIMES_REAL_TIME = 3.0
MOST_MEGABYTES = 1000
GROWTH = 1.15
EPISODE_MINUTES = 24
WIDTH, HEIGHT, RATE = 1920, 1080, 25
SECONDS_A_SHOT = 4
BITS_A_SECOND = 6_000_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("film", type=Path, nargs="?")
    parser.add_argument("--minutes", type=float, default=2)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        film = Path(folder, "film.mp4")
        if given.film is None:
            make_film(film, round(given.minutes * 60))
        else:
            repeat(given.film, film, given.minutes * 60)
        told = figures_of("tests.bench.one_film", film, url="")
    sys.exit(0 if report(told) else 1)


def report(told: dict[str, float]) -> bool:
    """Print the figures; whether they are within the budget."""
    cores = os.cpu_count() or 1
    alone = told["seconds"] - told["others_processor_seconds"] / cores
    speed = told["length"] / alone
    growth = told["megabytes_second_half"] / max(told["megabytes_first_half"], 1)
    print(
        f"{platform.machine()}, {cores} cores: {told['length']:.0f} s of film in {alone:.1f} s "
        f"({told['seconds']:.1f} by the clock beside other programs; "
        f"{told['processor_seconds']:.1f} of processor time): {speed:.1f}x real time; "
        f"{EPISODE_MINUTES} minutes of film would take {EPISODE_MINUTES / speed:.1f}"
    )
    print(
        f"memory of all processes at most {told['megabytes']:.0f} MB "
        f"({told['megabytes_first_half']:.0f} in the first half, "
        f"{told['megabytes_second_half']:.0f} in the second)"
    )
    print(
        f"{told['pictures']:.0f} pictures of {told['steps']:.0f} steps in {told['scenes']:.0f} "
        f"shots, {told['no_face']:.0f} without a face, {told['small_face']:.0f} too small; "
        f"{told['stored_megabytes']:.0f} MB stored"
    )
    return speed >= TIMES_REAL_TIME and told["megabytes"] <= MOST_MEGABYTES and growth <= GROWTH


def make_film(path: Path, seconds: int) -> None:
    """People, with a tone."""
    chance = np.random.default_rng(1)
    grain = chance.normal(0, 3, (8, HEIGHT, WIDTH, 1)).astype(np.int16)
    people = sorted((ROOT / "demo" / "portraits").glob("*.jpg"))
    with av.open(str(path), "w") as film:
        options = {"preset": "veryfast"}
        pictures = film.add_stream("libx264", rate=RATE, options=options)
        pictures.width, pictures.height, pictures.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        pictures.bit_rate = BITS_A_SECOND
        tone = film.add_stream("aac", rate=48000, layout="stereo")
        for number in range(seconds * RATE):
            shot, at = divmod(number, SECONDS_A_SHOT * RATE)
            picture = _scene(people[shot % len(people)], shot, at)
            noisy = np.clip(picture + grain[number % len(grain)], 0, 255).astype(np.uint8)
            film.mux(pictures.encode(av.VideoFrame.from_ndarray(noisy, format="bgr24")))
            samples = 48000 // RATE
            moments = np.arange(number * samples, (number + 1) * samples, dtype=np.float32)
            wave = np.tile(np.sin(moments / 16)[None] / 4, (2, 1))
            heard = av.AudioFrame.from_ndarray(wave, format="fltp", layout="stereo")
            heard.sample_rate, heard.pts = 48000, number * samples
            film.mux(tone.encode(heard))
        film.mux(tone.encode(None))
        film.mux(pictures.encode(None))


def _scene(portrait: Path, shot: int, at: int) -> np.ndarray:
    """A person before a wall, both moving a little."""
    wall = np.random.default_rng(shot).integers(30, 200, (9, 16, 3), dtype=np.uint8)
    wide = cv2.resize(wall, (WIDTH + 200, HEIGHT), interpolation=cv2.INTER_CUBIC)
    picture = wide[:, at : at + WIDTH].astype(np.int16)
    person = cv2.imread(str(portrait))
    height = 900
    person = cv2.resize(person, (person.shape[1] * height // person.shape[0], height))
    left = 500 + round(300 * np.sin(shot + at / 25))
    picture[HEIGHT - height :, left : left + person.shape[1]] = person
    return picture


def repeat(piece: Path, target: Path, seconds: float) -> None:
    """The piece one time after the other, packet by packet, for at least so many seconds."""
    with av.open(str(target), "w") as result:
        streams: dict[int, object] = {}
        last: dict[int, int] = {}
        shift = Fraction(0)
        while shift < seconds:
            with av.open(str(piece)) as film:
                for each in film.streams:
                    if each.type in {"video", "audio"} and each.index not in streams:
                        streams[each.index] = result.add_stream_from_template(each)
                for packet in film.demux(*(film.streams[index] for index in streams)):
                    if packet.dts is None:
                        continue
                    steps = round(shift / packet.time_base)
                    if packet.dts + steps <= last.get(packet.stream.index, packet.dts + steps - 1):
                        continue  # sound begins a little before its film
                    last[packet.stream.index] = packet.dts + steps
                    packet.pts, packet.dts = packet.pts + steps, packet.dts + steps
                    packet.stream = streams[packet.stream.index]
                    result.mux(packet)
                shift += Fraction(film.duration, 1_000_000)


if __name__ == "__main__":
    main()
