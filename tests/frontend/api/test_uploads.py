"""Files come piece by piece, by the public protocol, and then they are imported."""

from __future__ import annotations

import base64
import fcntl
import gc
import hashlib
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from curation.images.models import Image
from curation.jobs import JobState
from curation.projects.models import User
from curation.sources.kinds.upload import incoming
from curation.sources.models import ImportRun, Source
from curation.sources.problem_codes import ProblemCode
from curation.sources.run_import import run_import
from curation.subjects.models import Subject
from curation.uploads import announce_file
from curation.uploads.discard import forget_lost_uploads
from curation.uploads.models import ArrivingFile, OpenUpload
from frontend.api.uploads import MAX_PIECE_BYTES
from tests.conftest import picture_bytes
from tests.stories.tus import announce, open_one, received, send, send_whole

SOURCES = "/projects/fans/subjects/ada/sources/"
TUS = {"Tus-Resumable": "1.0.0"}


@pytest.fixture
def otto(client: Client, organiser: User, subject: Subject) -> Client:
    client.force_login(organiser)
    return client


@pytest.fixture
def opened(otto: Client, subject: Subject) -> dict[str, Any]:
    return open_one(otto, subject.pk)


def imported(client: Client, opened: dict[str, Any], **fields: str) -> list[ImportRun]:
    """Press the button, then let a worker do its work."""
    said = {"label": "weibo", "licence_note": "fan use", "upload": opened["token"], **fields}
    answer = client.post(SOURCES, said)
    assert answer.status_code == 302, answer.content.decode()
    runs = list(ImportRun.objects.filter(state=JobState.WAITING).order_by("pk"))
    for run in runs:
        run_import(import_run_id=run.pk)
        run.refresh_from_db()
    return runs


def places(run: ImportRun) -> list[str]:
    return sorted(run.provenances.values_list("path", flat=True))


def test_a_file_in_pieces_becomes_a_picture_under_its_exact_name(
    otto: Client, opened: dict[str, Any]
) -> None:
    data, name = picture_bytes(1), "微博 2024/自拍 10 修图.PNG"
    url = announce(otto, opened, name, len(data))["Location"]
    assert received(otto, url) == 0
    middle = len(data) // 2
    first = send(otto, url, 0, data[:middle])
    assert (first.status_code, first["Upload-Offset"]) == (204, str(middle))
    assert received(otto, url) == middle
    assert send(otto, url, middle, data[middle:]).status_code == 204

    (run,) = imported(otto, opened)
    assert (run.state, run.source.label, places(run)) == (JobState.DONE, "weibo", [name])
    assert Image.objects.get().sha256 == hashlib.sha256(data).hexdigest()
    assert not OpenUpload.objects.exists()
    assert list(incoming().iterdir()) == [], "no second copy is left lying about"


def test_sub_folders_become_sources_when_that_is_wished(
    otto: Client, opened: dict[str, Any]
) -> None:
    for seed, path in enumerate(
        ["ada/微博/a/1.png", "ada/微博/2.png", "ada/董宫/3.png", "ada/4.png"]
    ):
        send_whole(otto, opened, path, picture_bytes(seed))
    runs = imported(otto, opened, split_folders="on", label="rest")
    assert {run.source.label: places(run) for run in runs} == {
        "微博": ["ada/微博/2.png", "ada/微博/a/1.png"],
        "董宫": ["ada/董宫/3.png"],
        "rest": ["ada/4.png"],
    }
    assert list(incoming().iterdir()) == []


def test_folders_that_are_dropped_together_are_sources_as_well(
    otto: Client, opened: dict[str, Any]
) -> None:
    send_whole(otto, opened, "weibo/1.png", picture_bytes(1))
    send_whole(otto, opened, f"{'长' * 60}/2.png", picture_bytes(2))
    imported(otto, opened, split_folders="on", label="rest")
    assert set(Source.objects.values_list("label", flat=True)) == {"weibo", "长" * 50}


def test_an_upload_of_several_imports_stays_until_all_are_done(
    otto: Client, opened: dict[str, Any]
) -> None:
    send_whole(otto, opened, "a/1.png", picture_bytes(1))
    send_whole(otto, opened, "b/2.png", picture_bytes(2))
    said = {
        "label": "x",
        "licence_note": "fan use",
        "upload": opened["token"],
        "split_folders": "on",
    }
    otto.post(SOURCES, said)
    first, second = ImportRun.objects.order_by("pk")
    run_import(import_run_id=first.pk)
    assert len(list(incoming().iterdir())) == 1, "the second still needs it"
    run_import(import_run_id=second.pk)
    assert list(incoming().iterdir()) == []


def test_who_sends_the_same_file_again_goes_on_where_the_line_broke(
    otto: Client, opened: dict[str, Any], subject: Subject
) -> None:
    data = picture_bytes(1)
    url = announce(otto, opened, "1.png", len(data))["Location"]
    send(otto, url, 0, data[:100])

    later = open_one(otto, subject.pk)  # another day, another browser
    assert later["token"] == opened["token"]
    assert [(each["path"], each["received"]) for each in later["files"]] == [("1.png", 100)]
    again = announce(otto, later, "1.png", len(data), data=data)
    assert (again["Location"], again["Upload-Offset"]) == (url, "100")
    other = announce(otto, later, "1.png", len(data), changed="2")
    assert other["Location"] != url, "a file that was changed since is another one"


def test_a_file_that_did_not_arrive_whole_is_named_in_the_report(
    otto: Client, opened: dict[str, Any]
) -> None:
    data = picture_bytes(1)
    send_whole(otto, opened, "whole.png", data)
    half = announce(otto, opened, "half.png", 1000)["Location"]
    send(otto, half, 0, data[:100])
    announce(otto, opened, "nothing of it.png", 1000)
    announce(otto, opened, "empty.png", 0)
    (run,) = imported(otto, opened)
    assert places(run) == ["whole.png"]
    assert dict(run.outcomes.exclude(code="").values_list("path", "code")) == {
        "half.png": ProblemCode.INCOMPLETE,
        "nothing of it.png": ProblemCode.INCOMPLETE,
        "empty.png": ProblemCode.EMPTY,
    }


def test_a_form_that_is_not_right_leaves_the_upload_as_it_is(
    otto: Client, opened: dict[str, Any]
) -> None:
    send_whole(otto, opened, "1.png", picture_bytes(1))
    answer = otto.post(SOURCES, {"label": " ", "upload": opened["token"]})
    assert answer.status_code == 200
    assert opened["token"] in answer.content.decode(), "the page goes on with it"
    assert len(imported(otto, opened)) == 1


def test_a_wrong_offset_changes_nothing_and_says_where_to_go_on(
    otto: Client, opened: dict[str, Any]
) -> None:
    url = announce(otto, opened, "1.png", 10)["Location"]
    send(otto, url, 0, b"12345")
    for offset in (0, 4, 6, 10):
        answer = send(otto, url, offset, b"x")
        assert (answer.status_code, answer.json()["context"]) == (409, {"received": 5})
    assert received(otto, url) == 5


def test_more_than_was_announced_is_refused_whole(otto: Client, opened: dict[str, Any]) -> None:
    url = announce(otto, opened, "1.png", 3)["Location"]
    assert send(otto, url, 0, b"1234").status_code == 400
    assert received(otto, url) == 0


@pytest.mark.parametrize("kind", ["sha1", "sha256"])
def test_a_piece_that_was_damaged_on_its_way_is_not_kept(
    otto: Client, opened: dict[str, Any], kind: str
) -> None:
    url = announce(otto, opened, "1.png", 5)["Location"]
    digest = base64.b64encode(hashlib.new(kind, b"12345").digest()).decode()
    damaged = send(otto, url, 0, b"12346", **{"Upload-Checksum": f"{kind} {digest}"})
    assert (damaged.status_code, received(otto, url)) == (460, 0)
    whole = send(otto, url, 0, b"12345", **{"Upload-Checksum": f"{kind} {digest}"})
    assert (whole.status_code, received(otto, url)) == (204, 5)
    unknown = send(otto, url, 0, b"12345", **{"Upload-Checksum": "crc32 AAAA"})
    assert unknown.status_code == 400


def test_two_connections_do_not_write_to_one_file(otto: Client, opened: dict[str, Any]) -> None:
    url = announce(otto, opened, "1.png", 10)["Location"]
    send(otto, url, 0, b"12345")
    with ArrivingFile.objects.get().place.open("rb") as place:
        fcntl.flock(place, fcntl.LOCK_EX)
        assert send(otto, url, 5, b"6").status_code == 423
    assert send(otto, url, 5, b"6").status_code == 204


def test_what_the_server_can_do_is_asked_with_options(otto: Client, opened: dict[str, Any]) -> None:
    answer = otto.options(opened["files_url"])
    assert answer.status_code == 204
    assert answer["Tus-Version"] == "1.0.0"
    assert "creation-with-upload" in answer["Tus-Extension"].split(",")
    assert "sha1" in answer["Tus-Checksum-Algorithm"].split(",")


def test_another_version_of_the_protocol_is_refused(otto: Client, opened: dict[str, Any]) -> None:
    answer = announce(otto, opened, "1.png", 5, headers={"Tus-Resumable": "0.2.2"})
    assert (answer.status_code, answer["Tus-Version"]) == (412, "1.0.0")
    assert not ArrivingFile.objects.exists()


@pytest.mark.parametrize(
    "headers",
    [
        {"Upload-Length": ""},
        {"Upload-Length": "-1"},
        {"Upload-Length": "９"},
        {"Upload-Length": "9" * 30},
        {"Upload-Metadata": "path nonsense"},
        {"Upload-Metadata": "path " + base64.b64encode(b"\xff").decode()},
        {"Upload-Metadata": "path"},
        {"Upload-Metadata": ""},
    ],
)
def test_an_announcement_that_makes_no_sense_is_refused(
    otto: Client, opened: dict[str, Any], headers: dict[str, str]
) -> None:
    assert announce(otto, opened, "1.png", 5, headers=headers).status_code == 400
    assert not ArrivingFile.objects.exists()


@pytest.mark.parametrize("path", ["../../etc/passwd", "/etc/passwd", "a\x00b.png", "é" * 1500])
def test_no_name_touches_the_file_system(otto: Client, opened: dict[str, Any], path: str) -> None:
    send_whole(otto, opened, path, picture_bytes(1))
    (folder,) = incoming().iterdir()
    assert [file.name for file in folder.iterdir()] == [str(ArrivingFile.objects.get().pk)]
    assert len(imported(otto, opened)) == 1


def test_what_is_thrown_away_is_gone(otto: Client, opened: dict[str, Any]) -> None:
    url = send_whole(otto, opened, "1.png", b"12345")
    send_whole(otto, opened, "2.png", b"12345")
    assert otto.delete(url, headers=TUS).status_code == 204
    assert otto.head(url, headers=TUS).status_code == 404
    assert len(list(OpenUpload.objects.get().folder.iterdir())) == 1
    assert otto.delete(f"/api/v1/uploads/{opened['token']}").status_code == 204
    assert list(incoming().iterdir()) == []
    assert announce(otto, opened, "3.png", 5).status_code == 404


def test_nobody_else_gets_at_it_not_even_the_admin(
    otto: Client, opened: dict[str, Any], admin: User, subject: Subject
) -> None:
    url = send_whole(otto, opened, "1.png", b"12345")
    anna = Client()
    anna.force_login(admin)
    assert anna.head(url, headers=TUS).status_code == 404
    assert send(anna, url, 5, b"6").status_code == 404
    assert anna.delete(url, headers=TUS).status_code == 404
    assert open_one(anna, subject.pk)["token"] != opened["token"]
    assert received(otto, url) == 5


def test_without_consent_no_byte_is_taken(
    otto: Client, opened: dict[str, Any], subject: Subject
) -> None:
    url = announce(otto, opened, "1.png", 10)["Location"]
    subject.consents.update(covers_curate=False)
    assert send(otto, url, 0, b"12345").json()["code"] == "consent_missing"
    assert announce(otto, opened, "2.png", 10).json()["code"] == "consent_missing"
    assert not ArrivingFile.objects.get().place.exists()


def test_a_request_from_another_site_is_refused(organiser: User, subject: Subject) -> None:
    wary = Client(enforce_csrf_checks=True)
    wary.force_login(organiser)
    upload = OpenUpload.objects.create(token="t", subject=subject, person=organiser)
    answer = announce(wary, {"files_url": f"/api/v1/uploads/{upload.token}/files"}, "1.png", 5)
    assert answer.status_code == 403
    assert not upload.files.exists()


def test_a_page_of_ours_sends_with_its_token(organiser: User, subject: Subject) -> None:
    wary = Client(enforce_csrf_checks=True)
    wary.force_login(organiser)
    wary.get(SOURCES)
    ours = {"X-CSRFToken": wary.cookies["csrftoken"].value, "X-Person": str(organiser.pk)}
    upload = OpenUpload.objects.create(token="t", subject=subject, person=organiser)
    upload.folder.mkdir(parents=True)
    opened = {"files_url": f"/api/v1/uploads/{upload.token}/files"}
    answer = announce(wary, opened, "1.png", 7, data=b"12345", headers=ours)
    assert (answer.status_code, answer["Upload-Offset"]) == (201, "5")
    assert send(wary, answer["Location"], 5, b"67", **ours).status_code == 204
    theirs = ours | {"X-Person": "0"}
    assert send(wary, answer["Location"], 7, b"", **theirs).json()["code"] == "other_person"


def test_a_full_disk_takes_nothing_and_says_so(
    otto: Client, opened: dict[str, Any], subject: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = announce(otto, opened, "1.png", 10)["Location"]
    monkeypatch.setattr(settings, "KEEP_FREE_BYTES", 2**60)
    answer = send(otto, url, 0, b"12345")
    assert (answer.status_code, answer.json()["code"]) == (503, "disk_full")
    assert answer["Retry-After"]
    assert announce(otto, opened, "2.png", 10).status_code == 503
    address = f"/api/v1/subjects/{subject.pk}/uploads"
    assert otto.post(address, {}, content_type="application/json").status_code == 503


def test_nobody_sends_without_end(
    otto: Client, opened: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert announce(otto, opened, "film.mkv", announce_file.MAX_SENT_BYTES + 1).status_code == 413
    monkeypatch.setattr(announce_file, "MAX_FILES", 1)
    announce(otto, opened, "1.png", 10)
    assert announce(otto, opened, "2.png", 10).status_code == 413
    monkeypatch.setattr(announce_file, "MAX_FILES", 9)
    monkeypatch.setattr(announce_file, "MAX_PERSON_BYTES", 19)
    assert announce(otto, opened, "2.png", 10).status_code == 413
    assert announce(otto, opened, "2.png", 9).status_code == 201


def test_a_piece_has_a_largest_size(otto: Client, opened: dict[str, Any]) -> None:
    url = announce(otto, opened, "film.mkv", MAX_PIECE_BYTES + 1)["Location"]
    assert send(otto, url, 0, b"x" * (MAX_PIECE_BYTES + 1)).status_code == 400
    assert send(otto, url, 0, b"x" * MAX_PIECE_BYTES).status_code == 204
    assert received(otto, url) == MAX_PIECE_BYTES


def test_no_piece_is_held_in_memory_until_somebody_tidies_up(
    otto: Client, opened: dict[str, Any]
) -> None:
    piece = b"x" * 2**20
    url = announce(otto, opened, "film.mkv", 9 * len(piece))["Location"]
    send(otto, url, 0, piece)
    gc.collect()
    gc.disable()
    tracemalloc.start()
    try:
        for n in range(1, 9):
            assert send(otto, url, n * len(piece), piece).status_code == 204
        held, _most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
        gc.enable()
    assert held < 11 * len(piece), "the test client alone holds each of them once"


def test_an_upload_whose_bytes_are_gone_is_forgotten(
    otto: Client, opened: dict[str, Any], subject: Subject, data_dir: Path
) -> None:
    url = send_whole(otto, opened, "1.png", b"12345")
    OpenUpload.objects.get().folder.rename(data_dir / "gone")
    assert send(otto, url, 0, b"12345").status_code == 404
    forget_lost_uploads()
    assert not OpenUpload.objects.exists()
    assert open_one(otto, subject.pk)["files"] == []


@pytest.mark.parametrize("num_files", [1, 20])
def test_a_piece_costs_the_same_however_many_files_there_are(
    otto: Client, opened: dict[str, Any], num_files: int, django_assert_max_num_queries: Any
) -> None:
    for n in range(num_files):
        send_whole(otto, opened, f"{n}.png", b"12345")
    url = announce(otto, opened, "film.mkv", 10)["Location"]
    with django_assert_max_num_queries(6):
        assert send(otto, url, 0, b"12345").status_code == 204
