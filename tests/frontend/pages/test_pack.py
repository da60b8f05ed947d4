"""The pages of an offline pack: down, up, looked over, cast."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from curation.batches.models import Batch
from curation.images.models import Image
from curation.projects.models import Project, User
from curation.subjects.models import Subject
from curation.votes.models import Vote
from tests.stories.batches import KEEP, crowd, cut, expire, hand_out, items_of, vote
from tests.stories.offline import SLIP, taken, zipped

PACK = "/projects/fans/subjects/ada/batches/1/pack/"


@pytest.fixture
def batch(
    subject: Subject, organiser: User, volunteer: User, make_image: Callable[..., Image]
) -> Batch:
    batch = cut(subject, make_image, num=4, by=organiser)
    hand_out(batch, volunteer, by=organiser)
    return batch


@pytest.fixture
def browser(client: Client, volunteer: User) -> Client:
    client.force_login(volunteer)
    return client


def upload(browser: Client, data: bytes, **fields: str) -> str:
    file = SimpleUploadedFile("包.zip", data, content_type="application/zip")
    answer = browser.post(PACK, {"pack": file, **fields})
    assert answer.status_code == 200
    return answer.content.decode()


def seal_on(page: str) -> str:
    match = re.search(r'name="understood" value="([^"]+)"', page)
    assert match, page
    return match.group(1)


def test_a_volunteer_takes_a_batch_along_and_brings_it_back(
    browser: Client, batch: Batch, volunteer: User, tmp_path: Path
) -> None:
    assert "4 pictures wait for your vote" in browser.get(PACK).content.decode()
    answer = browser.get(f"{PACK}pack.zip")
    assert answer["Content-Disposition"] == 'attachment; filename="ada-batch-1.zip"'
    data = b"".join(answer.streaming_content)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    del files["ada-batch-1/00002.png"]
    files["ada-batch-1/sea.jpg"] = b"?"
    page = upload(browser, zipped(files, tmp_path / "p.zip", top="").read_bytes())
    assert "What the pack says" in page
    assert "sea.jpg" in page
    assert "Why were the deleted pictures rejected?" in page
    assert not Vote.objects.exists()
    sent = {"understood": seal_on(page), "person": volunteer.pk}
    unsaid = browser.post(f"{PACK}cast/", sent, follow=True)
    assert "This field is required." in unsaid.content.decode()
    assert not Vote.objects.exists()
    answer = browser.post(f"{PACK}cast/", sent | {"gone_because": "blurry"}, follow=True)
    assert "4 votes of your pack are stored." in answer.content.decode()
    assert Vote.objects.filter(verdict="reject", reason_codes="blurry").count() == 1


def test_only_the_parts_of_a_zip_that_matter_need_to_be_sent(
    browser: Client, batch: Batch, volunteer: User, tmp_path: Path
) -> None:
    pack = taken(batch, volunteer)
    del pack["00002.png"]
    data = zipped(pack, tmp_path / "p.zip", packing=zipfile.ZIP_STORED).read_bytes()
    table = data.index(b"PK\x01\x02")
    slip = data.rindex(b"PK\x03\x04", 0, table)
    parts = [[0, 30], [slip, len(data) - slip]]
    sent = b"".join(data[at : at + size] for at, size in parts)
    page = upload(browser, sent, layout=json.dumps([len(data), parts]))
    assert "3 votes by folder" in page
    assert "1 deleted picture" in page
    assert len(sent) < len(data)


@pytest.mark.parametrize(
    "layout",
    ["[1, [[0, 5]]]", "[1e999, [[0, 5]]]", "[5, [[-1, 2]]]", "{}", "[5]", "no", "[1e15, []]"],
)
def test_parts_that_do_not_fit_are_refused(browser: Client, batch: Batch, layout: str) -> None:
    page = upload(browser, b"12345", layout=layout)
    assert 'name="understood"' not in page
    assert "cannot be read" in page


def test_a_wrong_file_is_told_above_the_form(browser: Client, batch: Batch) -> None:
    assert "This is not a zip that can be read." in upload(browser, b"no zip at all")
    empty = io.BytesIO()
    zipfile.ZipFile(empty, "w").close()
    assert SLIP in upload(browser, empty.getvalue())


def test_votes_that_differ_are_shown_with_both_and_stay_unless_ticked(
    browser: Client, batch: Batch, volunteer: User, tmp_path: Path
) -> None:
    pack = taken(batch, volunteer)
    del pack["00001.png"]
    vote(volunteer, items_of(batch)[0], KEEP)
    page = upload(browser, zipped(pack, tmp_path / "p.zip").read_bytes())
    assert "You judged these otherwise on the site" in page
    assert 'name="overwrite" value="1"' in page
    said = {"understood": seal_on(page), "gone_because": "blurry"}
    answer = browser.post(f"{PACK}cast/", said, follow=True)
    assert "1 picture keeps the other vote" in answer.content.decode()
    assert Vote.objects.get(image__number=1).verdict == KEEP
    browser.post(f"{PACK}cast/", said | {"overwrite": "1"})
    assert Vote.objects.get(image__number=1).verdict == "reject"


def test_who_has_no_live_lease_gets_nothing(
    client: Client, batch: Batch, volunteer: User, organiser: User, project: Project
) -> None:
    (other,) = crowd(project, 1)
    client.force_login(other)
    for path in (PACK, f"{PACK}pack.zip", f"{PACK}{SLIP}"):
        assert client.get(path).status_code == 403
    client.force_login(volunteer)
    expire(batch, volunteer)
    for path in (PACK, f"{PACK}pack.zip", f"{PACK}{SLIP}"):
        assert client.get(path).status_code == 409
    assert client.post(f"{PACK}cast/").status_code == 409


def test_nothing_is_cast_for_whoever_else_has_signed_in(
    browser: Client, batch: Batch, volunteer: User, organiser: User, tmp_path: Path
) -> None:
    hand_out(batch, organiser, by=organiser)
    page = upload(browser, zipped(taken(batch, volunteer), tmp_path / "p.zip").read_bytes())
    browser.force_login(organiser)
    sent = {"understood": seal_on(page), "person": volunteer.pk}
    assert browser.post(f"{PACK}cast/", sent).status_code == 409
    assert browser.post(f"{PACK}cast/", {"understood": sent["understood"]}).status_code == 400
    assert not Vote.objects.exists()


def test_a_forged_form_uploads_nothing(batch: Batch, volunteer: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(volunteer)
    file = SimpleUploadedFile("p.zip", b"PK")
    assert strict.post(PACK, {"pack": file}).status_code == 403
    assert strict.post(f"{PACK}cast/", {}).status_code == 403
