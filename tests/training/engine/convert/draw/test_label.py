"""Every generated picture says so where it can be seen."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from training.engine.convert.draw.label import BOTH, CHINESE_FONTS, ENGLISH, VisibleLabel


@pytest.mark.parametrize("size", [(720, 1280), (900, 720), (64, 64), (40, 600), (1080, 1920)])
def test_the_label_is_readable_in_the_lower_left_corner(size: tuple[int, int]) -> None:
    height, width = size
    picture = np.full((height, width, 3), 128, np.uint8)
    label = VisibleLabel()
    label.draw(picture)
    changed = np.abs(picture.astype(int) - 128).max(axis=2) > 10
    rows, columns = np.nonzero(changed)
    assert rows.min() > height / 3
    assert columns.min() < width / 10
    assert columns.max() < width
    # Letters much brighter than the ground they stand on.
    assert picture.max() > 180
    assert picture.min() < 80
    if min(size) > 100:
        assert changed[: height // 2].sum() == 0
        assert rows.max() - rows.min() >= min(size) * 0.03


def test_the_label_is_kept_for_pictures_of_one_size_and_made_anew_for_others() -> None:
    label = VisibleLabel()
    first, second, other = (np.zeros((h, 300, 3), np.uint8) for h in (200, 200, 400))
    for picture in (first, second, other):
        label.draw(picture)
    assert (first == second).all()
    assert other[:200].max() == 0
    assert other[200:].max() > 0


def test_it_speaks_chinese_too_where_a_font_can() -> None:
    if not any(Path(font).is_file() for font in CHINESE_FONTS):
        pytest.skip("no font with Chinese glyphs is installed here")
    label = VisibleLabel()
    assert label.text == BOTH == "AI generated · AI 生成"
    # A font without them draws the same empty box for every one.
    drawn = []
    for glyph in "生成":
        label = VisibleLabel()
        label.text = glyph
        picture = np.zeros((400, 400, 3), np.uint8)
        label.draw(picture)
        drawn.append(picture)
    assert (drawn[0] != drawn[1]).any()


def test_it_speaks_english_where_no_font_has_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("training.engine.convert.draw.label.CHINESE_FONTS", ("/nowhere.ttc",))
    label = VisibleLabel()
    assert label.text == ENGLISH == "AI generated"
    picture = np.zeros((400, 400, 3), np.uint8)
    label.draw(picture)
    assert picture.max() > 180
