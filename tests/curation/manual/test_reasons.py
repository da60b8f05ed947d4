"""How the reasons of a vote are stored."""

from __future__ import annotations

from curation.manual.reasons import Reason, join_reasons, split_reasons


def test_reasons_are_stored_once_and_in_order() -> None:
    given = [Reason.REPHOTO, Reason.BLURRY, Reason.BLURRY]
    assert join_reasons(given) == "blurry,rephoto"
    assert split_reasons("blurry,rephoto") == [Reason.BLURRY, Reason.REPHOTO]
    assert split_reasons("") == []
