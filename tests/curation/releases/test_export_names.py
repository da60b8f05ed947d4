"""An exported file's name begins with its number and is good on every system."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curation.releases.export_names import _SUFFIXES, export_name


@pytest.mark.parametrize(
    ("number", "name", "expected"),
    [
        (42, "原名.jpg", "00042_原名.jpg"),
        (7, "第三集 片段 (2).JPG", "00007_第三集 片段 (2).JPG"),
        (123456, "a.jpeg", "123456_a.jpeg"),
        (1, "no ending", "00001_no ending.jpg"),
        (1, "../../etc/passwd", "00001_.._.._etc_passwd.jpg"),
        (1, "C:\\temp\\x?.jpg", "00001_C__temp_x_.jpg"),
        (1, "line\nbreak\t.jpg", "00001_line_break_.jpg"),
        (1, "gpj.\u202exe", "00001_gpj._xe.jpg"),
        (1, "ends with dots. .", "00001_ends with dots.jpg"),
        (1, "", "00001_.jpg"),
    ],
)
def test_a_name_keeps_all_that_is_safe(number: int, name: str, expected: str) -> None:
    assert export_name(number, name, "JPEG") == expected


def test_a_very_long_chinese_name_is_cut_but_keeps_its_ending() -> None:
    exported = export_name(1, "很" * 250 + ".jpeg", "JPEG")
    assert exported.startswith("00001_很很")
    assert exported.endswith("很.jpeg")
    assert len(exported.encode()) <= 200


@pytest.mark.parametrize(
    ("name", "kind", "expected"),
    [
        ("weibo_001.jpg", "WEBP", "00001_weibo_001.webp"),
        ("EqX_tw.jpg_large", "JPEG", "00001_EqX_tw.jpg"),
        ("a.JPEG!w1080", "JPEG", "00001_a.jpg"),
        ("a.webp~tplv", "PNG", "00001_a.png"),
        ("IMG_1.HEIC", "JPEG", "00001_IMG_1.jpg"),
        ("IMG_1.HEIC", "HEIF", "00001_IMG_1.HEIC"),
        ("IMG_1.hif", "HEIF", "00001_IMG_1.hif"),
        ("2023.05.01", "PNG", "00001_2023.05.01.png"),
        ("第3集 v2.final cut", "AVIF", "00001_第3集 v2.final cut.avif"),
        ("a.jpgx", "JPEG", "00001_a.jpgx.jpg"),
        ("a.png.", "PNG", "00001_a.png"),
    ],
)
def test_the_suffix_fits_the_bytes(name: str, kind: str, expected: str) -> None:
    assert export_name(1, name, kind) == expected


@settings(deadline=None)
@given(
    st.integers(1, 9_999_999),
    st.text(max_size=300),
    st.sampled_from(["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "HEIF", "AVIF"]),
)
def test_no_name_leads_out_of_its_folder(number: int, name: str, kind: str) -> None:
    exported = export_name(number, name, kind)
    assert exported.rsplit(".", 1)[1].casefold() in _SUFFIXES[kind]
    assert exported.startswith(f"{number:05d}_")
    assert len(exported.encode()) <= 200
    assert not set(exported) & set('/\\:*?"<>|')
    assert not any(unicodedata.category(each) in {"Cc", "Cs"} for each in exported)
    assert exported == exported.rstrip(" .")
