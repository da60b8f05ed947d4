"""Whatever leaves carries the `AIGC` key and valid Content Credentials, in every format and size,
as other programs read them; or it is not written."""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import av
import numpy as np
import pytest
from c2pa import Reader
from PIL import Image

from curation.vision.generated_marks import marks_of
from tests.training.engine.films import convert, make_video
from training.engine.convert.mark import Draft, Marker
from training.engine.convert.pictures import SAVING, save_picture
from training.engine.convert.video import CONTAINERS
from training.engine.credentials.certificates import make_development_credentials
from training.engine.errors import NotMarked
from training.engine.marks.aigc_in_films import FILM_OPTIONS, put_into_film

SIZES = [
    *((64, 48), (47, 63), (641, 479)),
    *(pytest.param(*size, marks=pytest.mark.slow) for size in ((1920, 1080), (3840, 2160))),
]
FIELDS = ["Label", "ContentProducer", "ProduceID", "ReservedCode1"]
FIELDS += ["ContentPropagator", "PropagateID", "ReservedCode2"]


@pytest.fixture(scope="module")
def marker() -> Marker:
    return Marker(make_development_credentials(), {"model": "original", "step": 200})


def noise(width: int, height: int) -> np.ndarray:
    coarse = np.random.default_rng(1).integers(0, 256, (8, 8, 3), dtype=np.uint8)
    return np.asarray(Image.fromarray(coarse).resize((width, height)))


def key_in_xmp(packet: bytes | str) -> dict[str, Any]:
    """The value of TC260:AIGC, as a reader of XML finds it."""
    text = packet if isinstance(packet, str) else packet.decode()
    tree = ET.fromstring(text[text.index("<x:xmpmeta") : text.index("<?xpacket end")])  # noqa: S314, our own file
    (value,) = tree.iter("{http://www.tc260.org.cn/ns/AIGC/1.0/}AIGC")
    key: dict[str, Any] = json.loads(value.text or "")
    return key


def assert_says_generated(key: dict[str, Any]) -> None:
    assert list(key) == FIELDS
    assert all(isinstance(value, str) for value in key.values())
    assert key["Label"] == "1"
    assert key["ContentProducer"]
    assert key["ProduceID"]


def assert_signed(path: Path) -> None:
    with Reader(path) as reader:
        assert json.loads(reader.json())["validation_state"] == "Valid"


@pytest.mark.parametrize("suffix", SAVING)
@pytest.mark.parametrize(("width", "height"), SIZES)
def test_a_picture_of_any_size_and_format_carries_the_key_and_holds(
    marker: Marker, tmp_path: Path, width: int, height: int, suffix: str
) -> None:
    target, picture = tmp_path / f"out{suffix}", noise(width, height)
    with marker.marked(target) as draft:
        save_picture(picture, draft)
    with Image.open(target) as opened:
        opened.load()
        key = key_in_xmp(opened.info["xmp"])
        if suffix == ".png":
            assert json.loads(opened.info["AIGC"]) == key
        assert opened.size == (width, height)
    assert_says_generated(key)
    assert_signed(target)
    said = marks_of(target.read_bytes())
    assert said.aigc == {name: value for name, value in key.items() if value}
    assert said.c2pa in {"trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia"}
    assert said.say_generated, "whoever imports it learns what it is"


@pytest.mark.parametrize("suffix", CONTAINERS)
@pytest.mark.parametrize(("width", "height"), SIZES)
def test_a_film_of_any_size_carries_the_key_and_holds(
    marker: Marker, tmp_path: Path, width: int, height: int, suffix: str
) -> None:
    target = tmp_path / f"out{suffix}"
    with marker.marked(target) as draft:
        write_film(draft, noise(width, height))
    with av.open(str(target)) as film:
        key = json.loads(film.metadata["AIGC"])
        assert len(list(film.decode(video=0))) == 2
    assert_says_generated(key)
    assert_signed(target)


def write_film(draft: Draft, picture: np.ndarray) -> None:
    height, width = picture.shape[:2]
    with av.open(str(draft.path), "w", options=FILM_OPTIONS) as film:
        put_into_film(draft.key, film)
        stream = film.add_stream("libx264", rate=Fraction(10), options={"preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv444p"
        for _ in range(2):
            film.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        film.mux(stream.encode(None))


def test_no_two_outputs_have_the_same_id(marker: Marker, tmp_path: Path) -> None:
    ids = set()
    for number in range(3):
        with marker.marked(tmp_path / f"{number}.png") as draft:
            save_picture(noise(64, 64), draft)
        ids.add(json.loads(Image.open(tmp_path / f"{number}.png").info["AIGC"])["ProduceID"])
    assert len(ids) == 3


@pytest.mark.parametrize("suffix", [*SAVING, *CONTAINERS])
def test_what_lacks_the_key_is_not_written(marker: Marker, tmp_path: Path, suffix: str) -> None:
    target = tmp_path / f"out{suffix}"
    write: Callable[[Path], None] = partial(write_plain, noise(64, 48))
    with pytest.raises(NotMarked, match="lost its AIGC key"), marker.marked(target) as draft:
        write(draft.path)
    assert list(tmp_path.iterdir()) == []


def write_plain(picture: np.ndarray, path: Path) -> None:
    """As by a writer that knows nothing of the key."""
    if path.suffix in SAVING:
        Image.fromarray(picture).save(path)
        return
    with av.open(str(path), "w") as film:
        stream = film.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        film.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        film.mux(stream.encode(None))


@pytest.mark.parametrize("suffix", SAVING)
def test_a_converted_picture_carries_it(
    trained: Path, picture: Path, tmp_path: Path, suffix: str
) -> None:
    target = tmp_path / f"out{suffix}"
    assert convert(trained, picture, target) == 0
    assert_says_generated(key_in_xmp(Image.open(target).info["xmp"]))
    assert_signed(target)


@pytest.mark.slow
@pytest.mark.parametrize("suffix", CONTAINERS)
def test_a_converted_film_carries_it(trained: Path, tmp_path: Path, suffix: str) -> None:
    source, target = tmp_path / "film.mp4", tmp_path / f"out{suffix}"
    make_video(source)
    assert convert(trained, source, target) == 0
    with av.open(str(target)) as film:
        assert_says_generated(json.loads(film.metadata["AIGC"]))
    assert_signed(target)
