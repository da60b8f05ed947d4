"""An organiser has the server fetch pictures from the web and from a bucket."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from curation.images.models import Image
from curation.jobs import JobState
from curation.projects.models import User
from curation.sources.models import ImportRun, Provenance, Source
from curation.sources.run_import import run_import
from curation.subjects.models import Subject
from tests.conftest import picture_bytes
from tests.stories.buckets import NAME, Bucket
from tests.stories.sources import bring_in_now, write_pictures
from tests.stories.web_site import Page, WebSite

SUBJECT = "/projects/fans/subjects/ada/"
SOURCES = f"{SUBJECT}sources/"
WEB = {"web-label": "weibo", "web-licence_note": "fan use"}
BUCKET = {"bucket-label": "archive", "bucket-licence_note": "ours", "bucket-bucket": NAME}


@pytest.fixture
def signed_in(client: Client, organiser: User, subject: Subject) -> Client:
    client.force_login(organiser)
    return client


def finish() -> ImportRun:
    run = ImportRun.objects.get()
    run_import(import_run_id=run.pk)
    run.refresh_from_db()
    return run


def test_neither_is_offered_nor_done_until_an_administrator_decides(signed_in: Client) -> None:
    shown = signed_in.get(SOURCES).content.decode()
    assert "From web addresses" not in shown
    assert "From a bucket" not in shown
    sent = signed_in.post(f"{SOURCES}web/", {**WEB, "web-addresses": "http://a.example/1.jpg"})
    assert sent.status_code == 403
    assert "IMPORT_URLS" in sent.content.decode()
    sent = signed_in.post(f"{SOURCES}bucket/", BUCKET)
    assert sent.status_code == 200, "no bucket can be chosen"
    assert not ImportRun.objects.exists()


def test_typed_addresses_come_in_with_their_page(signed_in: Client, web_site: WebSite) -> None:
    assert "From web addresses" in signed_in.get(SOURCES).content.decode()
    web_site.pages["/1.png"] = Page(picture_bytes(1))
    table = f"url,page\n{web_site.url('/1.png')},https://weibo.com/1/2\n"
    answer = signed_in.post(f"{SOURCES}web/", {**WEB, "web-addresses": table})
    run = finish()
    assert answer.headers["Location"].endswith(f"/imports/{run.pk}/")
    assert run.state == JobState.DONE
    assert run.given_as == web_site.url("/1.png"), "in no language of whoever typed it"
    shown = signed_in.get(f"{SUBJECT}images/1/").content.decode()
    assert 'href="https://weibo.com/1/2" rel="noopener noreferrer nofollow"' in shown


def test_a_list_as_a_file_comes_in(signed_in: Client, web_site: WebSite) -> None:
    web_site.pages["/1.png"] = Page(picture_bytes(1))
    file = SimpleUploadedFile("今天.csv", f"网址\n{web_site.url('/1.png')}\n".encode("gb18030"))
    signed_in.post(f"{SOURCES}web/", {**WEB, "web-file": file})
    assert finish().given_as == "今天.csv"
    assert Image.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({}, "Give addresses, or a file with them."),
        ({"web-addresses": "http://me:secret@a.example/1.jpg"}, "Line 1 holds a name or password"),
        ({"web-addresses": "http://a/", "web-licence_note": ""}, "under which licence"),
    ],
)
def test_what_cannot_be_used_is_said_above_the_form(
    signed_in: Client, web_site: WebSite, fields: dict[str, str], says: str
) -> None:
    shown = signed_in.post(f"{SOURCES}web/", {**WEB, **fields}).content.decode()
    assert says in shown
    assert '<details class="section" id="web" open>' in shown
    assert not ImportRun.objects.exists()


def test_a_bucket_comes_in(signed_in: Client, found_bucket: Bucket) -> None:
    found_bucket.put({"p/1.png": picture_bytes(1), "q/2.png": picture_bytes(2)})
    assert f'<option value="{NAME}">' in signed_in.get(SOURCES).content.decode()
    signed_in.post(f"{SOURCES}bucket/", {**BUCKET, "bucket-under": "p/"})
    assert finish().given_as == f"s3://{NAME}/p/"
    assert Provenance.objects.get().path == f"s3://{NAME}/p/1.png"
    again = signed_in.post(f"{SOURCES}bucket/", {**BUCKET, "bucket-bucket": "another"})
    assert "another is not one of the available choices" in again.content.decode()
    assert ImportRun.objects.count() == 1


def test_what_a_sidecar_says_is_shown_and_leads_nowhere_odd(
    signed_in: Client, weibo: Source, given: Path
) -> None:
    write_pictures(given, {"a.png": 1})
    told = '{"category": "<b>", "author": "周于希Sally", "post_url": "javascript:alert(1)"}'
    (given / "a.png.json").write_text(told)
    bring_in_now(weibo, given)
    shown = signed_in.get(f"{SUBJECT}images/1/").content.decode()
    assert "周于希Sally" in shown
    assert "&lt;b&gt;" in shown
    assert 'href="javascript' not in shown
