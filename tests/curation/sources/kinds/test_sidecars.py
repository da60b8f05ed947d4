"""What gallery-dl laid beside pictures says where they come from."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given as over
from hypothesis import strategies as st

from curation.sources.kinds.origin import NOTHING_KNOWN, Origin
from curation.sources.kinds.sidecars import origin_told_by
from curation.sources.models import Provenance, Source
from tests.stories.packs import make_zip
from tests.stories.sources import bring_in_now, write_pictures

WEIBO = {
    "category": "weibo",
    "filename": "a1b2",
    "num": 1,
    "status": {
        "id": 4912345678901234,
        "mblogid": "MxYz12",
        "date": "2023-06-17 04:05:06",
        "user": {"id": 7488709788, "screen_name": "周于希Sally", "profile_url": "/u/7488709788"},
    },
}
TWITTER = {
    "category": "twitter",
    "tweet_id": 1700000000000000001,
    "date": "2023-09-08 07:06:05",
    "author": {"id": 1, "name": "ada_fans", "nick": "Ada ♥", "date": "2015-01-12 10:25:22"},
    "user": {"name": "who_reposted"},
}
INSTAGRAM = {
    "category": "instagram",
    "username": "ada",
    "fullname": "Ada L.",
    "post_url": "https://www.instagram.com/p/BqvsDleB3lV/",
    "date": "2018-11-29 01:04:04",
}


@pytest.mark.parametrize(
    ("told", "origin"),
    [
        (
            WEIBO,
            Origin(
                site="weibo",
                author="周于希Sally",
                page="https://weibo.com/7488709788/MxYz12",
                posted_at=datetime(2023, 6, 17, 4, 5, 6, tzinfo=UTC),
            ),
        ),
        (
            TWITTER,
            Origin(
                site="twitter",
                author="ada_fans",
                page="https://x.com/ada_fans/status/1700000000000000001",
                posted_at=datetime(2023, 9, 8, 7, 6, 5, tzinfo=UTC),
            ),
        ),
        (
            INSTAGRAM,
            Origin(
                site="instagram",
                author="ada",
                page="https://www.instagram.com/p/BqvsDleB3lV/",
                posted_at=datetime(2018, 11, 29, 1, 4, 4, tzinfo=UTC),
            ),
        ),
        (
            {"created_at": "Sat Jun 17 12:05:06 +0800 2023"},
            Origin(posted_at=datetime(2023, 6, 17, 4, 5, 6, tzinfo=UTC)),
        ),
        ({"page_url": "javascript:alert(1)", "author": {"id": 3}, "date": "yesterday"}, Origin()),
        ({"id": 49}, Origin()),
    ],
)
def test_each_site_s_words_are_understood(told: dict[str, object], origin: Origin) -> None:
    assert origin_told_by(json.dumps(told).encode()) == origin


@pytest.mark.parametrize(
    "data",
    [
        *(b"", b"null", b"[]", b"{", b"\xff\xfe", b"[" * 100_000, b'{"date": 1e999}'),
        *(b'{"category": ' + b"9" * 5000 + b"}", b'{"date": "0001-01-01T00:00:00+14:00"}'),
        b'{"author": {"name": ["x"]}, "status": []}',
    ],
)
def test_other_json_says_nothing(data: bytes) -> None:
    assert origin_told_by(data) == NOTHING_KNOWN


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["name", "id", "user"]), inner, max_size=2)
    ),
    max_leaves=4,
)


@over(
    st.dictionaries(
        st.sampled_from(["category", "author", "user", "status", "date", "post_url", "username"]),
        anything,
        max_size=3,
    )
)
def test_whatever_the_words_hold_can_be_stored(told: dict[str, object]) -> None:
    origin = origin_told_by(json.dumps(told).encode())
    assert len(origin.author) <= 200
    assert "\x00" not in origin.author + origin.page + origin.site


def test_a_folder_of_gallery_dl_comes_in_with_author_page_and_date(
    weibo: Source, given: Path
) -> None:
    write_pictures(given, {"weibo/a.png": 1, "weibo/b.png": 2, "c.png": 3})
    (given / "weibo" / "a.png.json").write_text(json.dumps(WEIBO))
    (given / "weibo" / "b.json").write_text(json.dumps(WEIBO | {"status": {}}))
    (given / "c.png.json").write_text('{"id": 49}')
    run = bring_in_now(weibo, given)
    told = {place.path: place for place in Provenance.objects.all()}
    assert told["weibo/a.png"].author == "周于希Sally"
    assert told["weibo/a.png"].posted_at == datetime(2023, 6, 17, 4, 5, 6, tzinfo=UTC)
    assert told["weibo/b.png"].site == "weibo"
    assert told["c.png"].author == told["c.png"].site == ""
    codes = dict(run.outcomes.exclude(code="").values_list("path", "code"))
    assert codes["weibo/a.png.json"] == codes["weibo/b.json"] == "metadata_used"
    assert codes["c.png.json"] != "metadata_used", "nothing of it was used"


def test_sidecars_in_a_pack_are_read_there(weibo: Source, given: Path) -> None:
    write_pictures(given, {"a.png": 1})
    pack = given / "weibo.zip"
    contents = {
        "a.png": (given / "a.png").read_bytes(),
        "a.png.json": json.dumps(INSTAGRAM).encode(),
    }
    make_zip(pack, contents)
    bring_in_now(weibo, pack)
    assert Provenance.objects.get().page == INSTAGRAM["post_url"]
