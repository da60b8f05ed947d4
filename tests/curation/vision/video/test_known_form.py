"""Whatever form a film comes in, its frames come out whole, in time and in ordinary colours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.video.reformatter import ColorPrimaries, Colorspace, ColorTrc, VideoReformatter

from curation.vision.video.picture import Painter
from curation.vision.video.reader import VideoReader, VideoUnreadable
from tests.stories.films import put_cover_first, scene, write_film

PQ, HLG = ColorTrc.SMPTE2084, ColorTrc.ARIB_STD_B67


@contextmanager
def reading(path: Path) -> Iterator[VideoReader]:
    with av.open(str(path)) as film:
        yield VideoReader(film, path.name)


def seconds_of(path: Path) -> list[float]:
    with reading(path) as film:
        return [float(frame.stamp * film.time_base) for frame in film.frames()]


def combing(rgb: np.ndarray) -> float:
    """How much more a line differs from its neighbour than from the next but one."""
    lines = rgb.astype(float).mean(axis=2)
    near = np.abs(lines[1:-1] - lines[:-2]).mean()
    far = np.abs(lines[2:] - lines[:-2]).mean()
    return near / max(far, 1e-6)


def moving(number: int) -> np.ndarray:
    """A bar that moves to the right by eight pixels a moment."""
    picture = np.full((180, 320, 3), 40, np.uint8)
    picture[:, 8 * number : 8 * number + 60] = (220, 200, 160)
    return picture


@pytest.mark.parametrize("order", ["tff=1", "bff=1"])
def test_half_pictures_of_two_moments_become_whole_ones(tmp_path: Path, order: str) -> None:
    top_first = order == "tff=1"
    moments = [moving(number) for number in range(24)]
    woven = []
    for first, second in zip(moments[::2], moments[1::2], strict=True):
        frame = (first if top_first else second).copy()
        frame[1::2] = (second if top_first else first)[1::2]
        woven.append(frame)
    path = tmp_path / "broadcast.mp4"
    write_film(path, woven, options={"crf": "5", "x264-params": order})
    with reading(path) as film:
        frames = [frame.rgb for frame in film.frames()]
    assert len(frames) == 12
    assert combing(woven[5]) > 2
    assert max(combing(rgb) for rgb in frames[1:-1]) < 1.2
    assert seconds_of(path) == pytest.approx([number / 25 for number in range(12)])


@pytest.mark.parametrize("cover", ["noted as a cover", "a track like others"])
def test_the_film_is_read_and_not_its_cover(tmp_path: Path, cover: str) -> None:
    plain, covered = tmp_path / "plain.mp4", tmp_path / "covered.mp4"
    write_film(plain, [scene(number) for number in range(6)], sound="aac")
    put_cover_first(plain, covered, noted=cover == "noted as a cover")
    with av.open(str(covered)) as film:
        assert {track.codec_context.name for track in film.streams.video} == {"mjpeg", "h264"}
    with reading(covered) as film:
        assert [frame.rgb.shape for frame in film.frames()] == [(180, 320, 3)] * 6


def test_the_larger_of_two_tracks_is_the_film(tmp_path: Path) -> None:
    path = tmp_path / "two.mkv"
    with av.open(str(path), "w") as film:
        tracks = []
        for width, height in ((64, 36), (320, 180)):
            track = film.add_stream("libx264", rate=25)
            track.width, track.height, track.pix_fmt = width, height, "yuv420p"
            tracks.append(track)
        for number in range(5):
            for track in tracks:
                picture = scene(number, width=track.width, height=track.height)
                film.mux(track.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        for track in tracks:
            film.mux(track.encode(None))
    with reading(path) as film:
        assert {frame.rgb.shape for frame in film.frames()} == {(180, 320, 3)}


def test_a_song_with_a_cover_is_no_film(tmp_path: Path) -> None:
    path, song = tmp_path / "plain.mp4", tmp_path / "song.m4a"
    write_film(path, [scene(1)], sound="aac")
    with av.open(str(path)) as film, av.open(str(song), "w", format="ipod") as result:
        from_track = film.streams.audio[0]
        to_track = result.add_stream_from_template(from_track)
        for packet in film.demux(from_track):
            if packet.dts is not None:
                packet.stream = to_track
                result.mux(packet)
    with reading(song) as film, pytest.raises(VideoUnreadable, match="no picture track"):
        next(film.frames())


@pytest.mark.parametrize("transfer", [PQ, pytest.param(HLG, marks=pytest.mark.slow)])
def test_high_dynamic_range_is_shown_as_bright_as_it_is_meant(
    tmp_path: Path, transfer: ColorTrc
) -> None:
    """Grey and skin of an ordinary film, brought into the wide form and back."""
    colours = [(46, 46, 46), (118, 118, 118), (180, 130, 100)]
    picture = np.repeat(np.repeat(np.array([colours], np.uint8), 96, axis=0), 64, axis=1)
    frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
    frame.color_trc, frame.color_primaries = ColorTrc.BT709, ColorPrimaries.BT709
    wide = VideoReformatter().reformat(
        frame,
        format="yuv420p10le",
        dst_colorspace=Colorspace.BT2020,
        dst_color_trc=transfer,
        dst_color_primaries=ColorPrimaries.BT2020,
    )
    path = tmp_path / "hdr.mp4"
    with av.open(str(path), "w") as film:
        track = film.add_stream("libx264", rate=25, options={"crf": "5"})
        track.width, track.height, track.pix_fmt = 192, 96, "yuv420p10le"
        context = track.codec_context
        context.colorspace, context.color_primaries = 9, ColorPrimaries.BT2020
        context.color_trc, context.color_range = transfer, 1
        for number in range(3):
            wide.pts, wide.time_base = number, Fraction(1, 25)
            film.mux(track.encode(wide))
        film.mux(track.encode(None))
    with reading(path) as film:
        shown = next(film.frames()).rgb
    with av.open(str(path)) as film:
        unmapped = next(film.decode(video=0)).to_ndarray(format="rgb24")
    for column, colour in zip((32, 96, 160), colours, strict=True):
        mapped = np.abs(shown[48, column].astype(int) - colour).max()
        left = np.abs(unmapped[48, column].astype(int) - colour).max()
        assert mapped < 30
        assert mapped < left or left < 12


def test_pixels_that_are_wider_than_high_become_square(tmp_path: Path) -> None:
    path = tmp_path / "dvd.mp4"
    write_film(path, [scene(1)] * 3, pixel_aspect=Fraction(4, 3))
    with reading(path) as film:
        decoded = next(film.decoded())
        assert film.pixel_aspect == Fraction(4, 3)
        assert Painter().upright(decoded.picture).shape == (180, 320, 3)
        squared = Painter().upright(decoded.picture, pixel_aspect=film.pixel_aspect)
    assert squared.shape == (180, 427, 3)


def test_a_recording_whose_clock_began_hours_before_begins_at_zero(tmp_path: Path) -> None:
    for name in ("late.ts", "late.mkv"):
        path = tmp_path / name
        offset = {"output_ts_offset": "36000"}
        write_film(path, [scene(1)] * 10, sound="aac", container=offset)
        seconds = seconds_of(path)
        assert seconds[0] == pytest.approx(0, abs=0.1)
        assert np.diff(seconds) == pytest.approx([0.04] * 9, abs=0.002)


@pytest.mark.parametrize("sound", ["aac", ""])
@pytest.mark.parametrize("second_begins_at", [0, 50_000])
def test_where_recordings_were_joined_the_film_goes_on(
    tmp_path: Path, sound: str, second_begins_at: int
) -> None:
    """Back to the beginning, or ahead by half a day: no frame is lost and none waits for hours."""
    first, second, joined = (tmp_path / f"{name}.ts" for name in ("first", "second", "joined"))
    write_film(first, [scene(1)] * 15, sound=sound)
    offset = {"output_ts_offset": str(second_begins_at)}
    write_film(second, [scene(2)] * 10, sound=sound, container=offset)
    joined.write_bytes(first.read_bytes() + second.read_bytes())
    with reading(joined) as film:
        moments, heard = [], []
        for frame in film.frames():
            moments.append(float(frame.stamp * film.time_base))
            heard += frame.sound
        heard += film.left_over
    assert len(moments) == 25
    assert np.diff(moments).min() > 0.03
    assert np.diff(moments).max() < 0.3
    begun = [float(packet.pts * packet.time_base) for packet in heard if packet.pts is not None]
    assert begun == sorted(set(begun))
    if sound:
        # What is heard beside the first frame of the second part belongs to it.
        assert begun[-1] == pytest.approx(moments[-1], abs=0.25)


def test_a_film_that_holds_one_picture_for_long_keeps_its_time(tmp_path: Path) -> None:
    path = tmp_path / "slides.mkv"
    with av.open(str(path), "w") as film:
        track = film.add_stream("libx264", rate=25)
        track.width, track.height, track.pix_fmt = 320, 180, "yuv420p"
        track.codec_context.time_base = Fraction(1, 1000)
        for at in (0, 40, 60_000, 60_040):
            frame = av.VideoFrame.from_ndarray(scene(at), format="rgb24")
            frame.pts, frame.time_base = at, Fraction(1, 1000)
            film.mux(track.encode(frame))
        film.mux(track.encode(None))
    assert seconds_of(path) == pytest.approx([0, 0.04, 60, 60.04])
