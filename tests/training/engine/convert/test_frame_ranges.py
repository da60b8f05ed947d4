"""Frames to convert are named by ranges."""

from __future__ import annotations

import pytest

from training.engine.convert.frame_ranges import FrameRanges


def test_frame_ranges() -> None:
    ranges = FrameRanges.read("2-3, 7,10-")
    assert [number for number in range(1, 13) if number in ranges] == [2, 3, 7, 10, 11, 12]
    assert 5 in FrameRanges.read("")
    for wrong in ("0-3", "a", "3-2", "1--2", ","):
        with pytest.raises(ValueError, match="not a range"):
            FrameRanges.read(wrong)
