"""An exported file's name begins with its number and is good on every system."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curation.releases.export_names import export_name


@pytest.mark.parametrize(
    ("number", "name", "expected"),
    [
        (42, "原名.jpg", "00042_原名.jpg"),
        (7, "第三集 片段 (2).JPG", "00007_第三集 片段 (2).JPG"),
        (123456, "a.png", "123456_a.png"),
        (1, "no ending", "00001_no ending"),
        (1, "../../etc/passwd", "00001_.._.._etc_passwd"),
        (1, "C:\\temp\\x?.jpg", "00001_C__temp_x_.jpg"),
        (1, "line\nbreak\t.jpg", "00001_line_break_.jpg"),
        (1, "gpj.\u202exe", "00001_gpj._xe"),
        (1, "ends with dots. .", "00001_ends with dots"),
        (1, "", "00001_"),
    ],
)
def test_a_name_keeps_all_that_is_safe(number: int, name: str, expected: str) -> None:
    assert export_name(number, name) == expected


def test_a_very_long_chinese_name_is_cut_but_keeps_its_ending() -> None:
    exported = export_name(1, "很" * 250 + ".jpeg")
    assert exported.startswith("00001_很很")
    assert exported.endswith("很.jpeg")
    assert len(exported.encode()) <= 200


@settings(deadline=None)
@given(st.integers(1, 9_999_999), st.text(max_size=300))
def test_no_name_leads_out_of_its_folder(number: int, name: str) -> None:
    exported = export_name(number, name)
    assert exported.startswith(f"{number:05d}_")
    assert len(exported.encode()) <= 200
    assert not set(exported) & set('/\\:*?"<>|')
    assert not any(unicodedata.category(each) in {"Cc", "Cs"} for each in exported)
    assert exported == exported.rstrip(" .")
