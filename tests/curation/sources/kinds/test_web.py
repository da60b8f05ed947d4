"""Pictures at the addresses of a list come in from a real site, once each."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from curation.errors import InvalidInput
from curation.images.models import Image
from curation.jobs import JobState
from curation.projects.models import User
from curation.sources.kinds.upload import incoming
from curation.sources.kinds.url_list import Listed, OddList, read_list
from curation.sources.kinds.web import name_at
from curation.sources.models import ImportRun, Provenance
from curation.sources.run_import import run_import
from curation.sources.selectors import import_report
from curation.sources.start_fetch import NotFetchedHere, start_web_import
from curation.sources.try_import_again import try_import_again
from curation.subjects.models import Subject
from tests.conftest import picture_bytes
from tests.stories.web_site import Page, WebSite


@pytest.fixture
def fetch(subject: Subject, organiser: User) -> Callable[..., ImportRun]:
    def start(listed: str | bytes, *, runs: bool = True) -> ImportRun:
        run = start_web_import(
            subject=subject,
            label="weibo",
            licence_note="fan use",
            listed=listed if isinstance(listed, bytes) else listed.encode(),
            name="list.csv",
            actor=organiser,
        )
        if runs:
            run_import(import_run_id=run.pk)
            run.refresh_from_db()
        return run

    return start


def test_a_table_brings_pictures_in_with_what_it_says_of_them(
    web_site: WebSite, fetch: Callable[..., ImportRun]
) -> None:
    web_site.pages["/2.png"] = Page(picture_bytes(2), headers={"Content-Type": "text/plain"})
    web_site.pages["/get?id=1"] = Page(picture_bytes(1))
    run = fetch(
        "url,page,licence,note\n"
        f'{web_site.url("/2.png")},https://weibo.com/1/2,CC BY 4.0,"a, b"\n'
        f"{web_site.url('/get?id=1')},,,\n"
    )
    assert (run.state, run.files_found) == (JobState.DONE, 2)
    assert list(Image.objects.order_by("number").values_list("name", flat=True)) == ["2.png", "get"]
    place = Provenance.objects.get(path=web_site.url("/2.png"))
    assert (place.page, place.licence_note, place.note) == (
        *("https://weibo.com/1/2", "CC BY 4.0", "a, b"),
    )
    assert not list(incoming().iterdir()), "the list is not kept"


def test_what_came_in_once_is_not_fetched_again(
    web_site: WebSite, fetch: Callable[..., ImportRun]
) -> None:
    for n in range(3):
        web_site.pages[f"/{n}.png"] = Page(picture_bytes(n))
    fetch("\n".join(web_site.url(f"/{n}.png") for n in range(2)))
    run = fetch("\n".join(web_site.url(f"/{n}.png") for n in range(3)))
    assert web_site.paths() == ["/0.png", "/1.png", "/2.png"]
    report = import_report(run)
    assert (report.new, report.known) == (1, 2)


def test_whoever_goes_on_with_an_import_does_not_ask_for_what_is_in(
    web_site: WebSite, fetch: Callable[..., ImportRun], settings: Settings
) -> None:
    for n in range(4):
        web_site.pages[f"/{n}.png"] = Page(picture_bytes(n))
    run = fetch("\n".join(web_site.url(f"/{n}.png") for n in range(4)), runs=False)

    free = settings.KEEP_FREE_BYTES
    web_site.pages["/2.png"] = Page(
        speak=lambda _out: setattr(settings, "KEEP_FREE_BYTES", 1 << 60)  # the disk gets full
    )
    run_import(import_run_id=run.pk)
    assert Image.objects.count() == 2
    web_site.pages["/2.png"] = Page(picture_bytes(2))
    settings.KEEP_FREE_BYTES = free
    assert try_import_again(import_run=run, actor=None)
    run_import(import_run_id=run.pk)
    assert Image.objects.count() == 4
    assert web_site.paths().count("/0.png") == 1
    run.refresh_from_db()
    assert import_report(run).new == 4, "and they count as its own"


def test_each_address_that_gives_no_picture_is_named(
    web_site: WebSite, fetch: Callable[..., ImportRun], settings: Settings
) -> None:
    web_site.pages["/robots.txt"] = Page(b"User-agent: *\nDisallow: /no/\n")
    web_site.pages["/page.jpg"] = Page(b"<html>not a picture</html>")
    web_site.pages["/in"] = Page(status=302, headers={"Location": "http://192.168.1.1/"})
    urls = {
        web_site.url("/page.jpg"): "web_page",
        web_site.url("/gone.jpg"): "not_there",
        web_site.url("/no/a.jpg"): "robots",
        web_site.url("/in"): "not_public",
        "ftp://a.example/a.jpg": "odd_address",
        "http://10.0.0.1/a.jpg": "not_public",
        "http://no-such-host.invalid/a.jpg": "no_such_host",
    }
    run = fetch("\n".join(urls))
    assert run.state == JobState.DONE
    assert dict(run.outcomes.exclude(code="").values_list("path", "code")) == urls
    assert all(problem.sentence != problem.code for problem in run.outcomes.exclude(code=""))


def test_the_command_fetches_a_list_too(web_site: WebSite, subject: Subject, given: Path) -> None:
    web_site.pages["/1.png"] = Page(picture_bytes(1))
    (given / "list.txt").write_text(f"# found today\n\n{web_site.url('/1.png')}\n")
    said = StringIO()
    options = ("--project=fans", "--subject=ada", "--label=weibo", "--licence-note=x", "--urls")
    call_command("import_source", *options, str(given / "list.txt"), stdout=said)
    assert "1 new" in said.getvalue()
    with pytest.raises(CommandError, match="no list"):
        call_command("import_source", *options, str(given / "nowhere.txt"))


def test_the_server_fetches_only_where_it_is_allowed_to(
    fetch: Callable[..., ImportRun], settings: Settings
) -> None:
    assert settings.IMPORT_URLS is False, "off unless somebody decided"
    with pytest.raises(NotFetchedHere, match="IMPORT_URLS"):
        fetch("http://a.example/1.jpg")


@pytest.mark.parametrize(
    ("listed", "says"),
    [
        (b"http://a.example/1.jpg\nhttp://me:secret@a.example/2.jpg", "Line 2 holds a name"),
        (b"url,page\nhttp://a.example/1.jpg,http://me:secret@b.example/\n", "Line 2 holds a name"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "This is no list"),
        (b"# nothing\n\n", "no address"),
        (b"http://a.example/1.jpg" + b"\n" * (16 * 2**20), "at most 16 MB"),
    ],
)
def test_a_list_that_cannot_be_used_is_refused_and_nothing_of_it_kept(
    web_site: WebSite, fetch: Callable[..., ImportRun], listed: bytes, says: str
) -> None:
    with pytest.raises(InvalidInput, match=says) as refusal:
        fetch(listed)
    assert "secret" not in str(refusal.value)
    assert not ImportRun.objects.exists()
    assert not incoming().is_dir() or not list(incoming().iterdir())


@pytest.mark.parametrize(
    "data",
    [
        "﻿网址;备注\nhttp://a.example/1;图\n".encode(),
        "备注\t网址\n图\thttp://a.example/1\n".encode("gb18030"),
        "note,URL\r\n图,http://a.example/1\r\n".encode("utf-16"),
    ],
)
def test_tables_of_any_spreadsheet_are_read(data: bytes) -> None:
    assert read_list(data) == [Listed(url="http://a.example/1", note="图")]


def test_a_plain_list_keeps_commas_and_order_and_each_address_once() -> None:
    assert [
        each.url for each in read_list(b"http://b/1,2.jpg\n\nhttp://a/1\nhttp://b/1,2.jpg")
    ] == [
        *("http://b/1,2.jpg", "http://a/1"),
    ]
    with pytest.raises(OddList):
        read_list(b'url\n"' + b"x" * 200_000)


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://a.example/%E5%8E%9F%E5%9B%BE%201.jpg?x=1", "原图 1.jpg"),
        ("https://a.example/", "a.example"),
        ("https://a.example/..%2F..%2Fetc%2Fpasswd", ".._.._etc_passwd"),
        ("https://a.example/a%00%0Ab.jpg", "a?b.jpg"),
        (f"https://a.example/{'x' * 300}.jpg", f"{'x' * 251}.jpg"),
    ],
)
def test_files_get_the_name_at_the_end_of_their_address(url: str, name: str) -> None:
    assert name_at(url) == name
