"""How much each address takes, and how long a request may dribble in."""

from __future__ import annotations

import pytest

from config.web import limits
from curation.sources.receive_upload import MAX_UPLOAD_BYTES

SUBJECT = "/projects/fans/subjects/ada"


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/accounts/login/", limits.PAGE_BYTES),
        ("/nowhere", limits.PAGE_BYTES),
        ("/api/v1/items/1/vote", limits.API_BYTES),
        ("/api/nowhere", limits.API_BYTES),
        ("/api/v1/uploads/abc/files/1", limits.PIECE_BYTES),
    ],
)
def test_what_takes_no_files_takes_little(path: str, most: int) -> None:
    assert limits.most_bytes(path) == most


@pytest.mark.parametrize("page", ["sources/", "sources/web/", "consents/", "settings/portraits/"])
def test_pages_that_take_files_take_what_their_rules_allow(page: str) -> None:
    assert limits.most_bytes(f"{SUBJECT}/{page}") > 10 * 2**20


def test_an_upload_of_the_largest_size_fits() -> None:
    assert limits.most_bytes(f"{SUBJECT}/sources/") > MAX_UPLOAD_BYTES


def test_a_steady_upload_may_take_hours_and_a_dribbling_one_a_moment() -> None:
    hour = 3600.0
    assert not limits.is_too_slow(seconds=hour, has_headers=True, body_bytes=20 * 2**20)
    assert limits.is_too_slow(seconds=60, has_headers=True, body_bytes=60)
    assert limits.is_too_slow(seconds=16, has_headers=False, body_bytes=0)
    assert not limits.is_too_slow(seconds=14, has_headers=False, body_bytes=0)
