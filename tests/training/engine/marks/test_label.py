"""Every generated picture says so where it can be seen, in Chinese, in letters that the law asks
for. Heights are measured in the pictures, as somebody with a ruler would."""

from __future__ import annotations

import io
from fractions import Fraction

import numpy as np
import pytest
from PIL import Image, ImageFont

from training.engine.convert.settings import ConvertSettings
from training.engine.errors import ConversionRefused
from training.engine.marks.label import BOTH, CHINESE, FONT, LabelLook, VisibleLabel

Pixels = np.ndarray
SIZES = [
    *((64, 48), (48, 64), (63, 47), (33, 201), (129, 97), (320, 240), (641, 479), (720, 1280)),
    *((1280, 720), (1920, 1080), (3840, 2160), (2160, 3840), (4096, 2161), (2000, 100)),
]
"""Width and height, from tiny to 4K, some odd."""
ENCODED = [("PNG", {}), ("JPEG", {"quality": 95}), ("WEBP", {"quality": 95})]


def labelled(width: int, height: int, look: LabelLook | None = None, **more: Fraction) -> Pixels:
    picture = np.full((height, width, 3), 96, np.uint8)
    VisibleLabel(look).draw(picture, **more)
    return picture


def ink_of(picture: Pixels) -> Pixels:
    """Where the letters are: brighter than the grey picture and the dark plate."""
    return picture.min(axis=2) > 150


def letters_of(picture: Pixels) -> list[Pixels]:
    """The letters, each as the rows it covers, from left to right: what an empty column parts."""
    ink = ink_of(picture)
    columns = ink.any(axis=0)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], columns.astype(int), [0]])))
    return [
        np.flatnonzero(ink[:, start:end].any(axis=1))
        for start, end in zip(edges[::2], edges[1::2], strict=True)
    ]


def height_of(rows: Pixels) -> int:
    return int(rows.max() - rows.min() + 1)


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_its_letters_are_at_least_a_twentieth_of_the_shorter_side(width: int, height: int) -> None:
    capital, *_ = letters_of(labelled(width, height))
    assert height_of(capital) >= 0.05 * min(width, height)
    # On a small picture they are larger than that, or nobody could read them.
    assert height_of(capital) >= 8 or min(width, height) < 40


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_all_of_it_is_in_the_picture(width: int, height: int) -> None:
    changed = (labelled(width, height) != 96).any(axis=2)
    rows, columns = np.nonzero(changed)
    plate = changed[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    # Its round corners on all four sides: nothing is cut away.
    assert not plate[[0, 0, -1, -1], [0, -1, 0, -1]].any() or min(width, height) < 100
    ink = np.flatnonzero(ink_of(labelled(width, height)).any(axis=0))
    assert ink.min() > columns.min()
    assert ink.max() < columns.max()


@pytest.mark.parametrize(("format_", "options"), ENCODED)
@pytest.mark.parametrize(("width", "height"), [(64, 48), (641, 479), (1920, 1080)])
def test_it_is_as_large_in_the_file(
    width: int, height: int, format_: str, options: dict[str, int]
) -> None:
    file = io.BytesIO()
    Image.fromarray(labelled(width, height)).save(file, format_, **options)
    capital, *_ = letters_of(np.asarray(Image.open(file).convert("RGB")))
    assert height_of(capital) >= 0.05 * min(width, height)


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_two_broad_signs_follow_the_two_capitals(width: int, height: int) -> None:
    picture = labelled(width, height)
    capital, *_ = letters_of(picture)
    assert np.ptp(np.flatnonzero(ink_of(picture).any(axis=0))) > 3 * height_of(capital)


@pytest.mark.parametrize(("width", "height"), [size for size in SIZES if min(size) >= 240])
def test_they_are_chinese(width: int, height: int) -> None:
    """The third and fourth sign are 生 and 成, and not each other."""
    picture = labelled(width, height)
    third, fourth = (shape_in(picture, place) for place in (2, 3))
    life, become = (drawn(letter) for letter in "生成")
    assert alike(third, life) > max(0.6, alike(third, become))
    assert alike(fourth, become) > max(0.6, alike(fourth, life))


def shape_in(picture: Pixels, place: int) -> Pixels:
    """One sign of the label, cut out and scaled."""
    columns = ink_of(picture).any(axis=0)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], columns.astype(int), [0]])))
    start, end = edges[2 * place : 2 * place + 2]
    rows = letters_of(picture)[place]
    return scaled(picture[rows.min() : rows.max() + 1, start:end].min(axis=2))


def drawn(letter: str) -> Pixels:
    mask = ImageFont.truetype(FONT, 200).getmask(letter)
    ink = np.asarray(mask, np.uint8).reshape(mask.size[::-1])
    rows, columns = np.nonzero(ink > 100)
    return scaled(ink[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1])


def scaled(ink: Pixels) -> Pixels:
    return np.asarray(Image.fromarray(ink).resize((12, 12), Image.Resampling.BOX), np.float32)


def alike(one: Pixels, other: Pixels) -> float:
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])


@pytest.mark.parametrize("letter", sorted(set(BOTH) - {" "}))
def test_the_shipped_font_has_every_letter(letter: str) -> None:
    font = ImageFont.truetype(FONT, 64)
    missing = bytes(font.getmask("鸡"))
    assert bytes(font.getmask(letter)) != missing


def test_both_languages_are_there_where_there_is_room() -> None:
    assert BOTH.startswith(CHINESE)
    wide = np.flatnonzero(ink_of(labelled(1280, 720)).any(axis=0))
    narrow = np.flatnonzero(ink_of(labelled(64, 48)).any(axis=0))
    assert np.ptp(wide) > 8 * 0.05 * 720
    assert np.ptp(narrow) < 5 * height_of(letters_of(labelled(64, 48))[0])


@pytest.mark.parametrize("size", [5, 10, 15])
@pytest.mark.parametrize("corner", ["lower-left", "lower-right", "upper-left", "upper-right"])
def test_it_may_stand_elsewhere_and_be_larger(corner: str, size: float) -> None:
    picture = labelled(640, 360, LabelLook.model_validate({"position": corner, "size": size}))
    rows, columns = np.nonzero((picture != 96).any(axis=2))
    assert (rows.mean() < 180) == ("upper" in corner)
    assert columns.max() >= 630 if "right" in corner else columns.min() <= 10
    assert height_of(letters_of(picture)[0]) >= size / 100 * 360


@pytest.mark.parametrize("size", [4.9, 2, 0, -5, 16])
def test_it_cannot_be_made_smaller(size: float) -> None:
    with pytest.raises(ConversionRefused, match=r"label\.size must be a number from 5 to 15"):
        ConvertSettings.from_dict({"label": {"size": size}})


def test_pixels_that_are_wider_than_high_are_counted_as_they_are_shown() -> None:
    """400 x 600 pixels shown as 800 x 600: the shorter side that people see is 600 high."""
    capital, *_ = letters_of(labelled(400, 600, pixel_aspect=Fraction(2)))
    assert height_of(capital) >= 0.05 * 600


def test_the_label_is_kept_for_pictures_of_one_size_and_made_anew_for_others() -> None:
    label = VisibleLabel()
    first, second, other = (np.zeros((h, 300, 3), np.uint8) for h in (200, 200, 400))
    for picture in (first, second, other):
        label.draw(picture)
    assert (first == second).all()
    assert other[:200].max() == 0
    assert other[200:].max() > 0
