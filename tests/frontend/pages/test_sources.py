"""An organiser sends pictures with a browser and watches them come in."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.test import Client
from django_tasks_db.models import DBTaskResult

from curation.images.models import Image
from curation.jobs import JobState
from curation.projects.models import User
from curation.sources.kinds.upload import incoming
from curation.sources.models import FileOutcome, ImportRun, Outcome, Source, SourceKind
from curation.sources.run_import import run_import
from curation.sources.selectors import imports_of, sources_with_counts
from curation.subjects.models import Subject
from frontend.pages import sources as source_pages
from tests.conftest import picture_bytes
from tests.frontend.pages.browser import send_files
from tests.stories.hostile_files import jpeg_with_a_zip_behind
from tests.stories.packs import make_locked_zip, needs_libarchive
from tests.stories.sources import bring_in_now, write_pictures

SOURCES = "/projects/fans/subjects/ada/sources/"
FORM = {"label": "weibo", "licence_note": "fan use"}


@pytest.fixture(autouse=True)
def data_dir(tmp_path: Path, settings: Any) -> Path:
    settings.DATA_DIR = tmp_path / "var"
    return tmp_path / "var"


@pytest.fixture
def signed_in(client: Client, organiser: User, subject: Subject) -> Client:
    client.force_login(organiser)
    return client


def waiting_uploads() -> list[Path]:
    return list(incoming().iterdir()) if incoming().is_dir() else []


def run_waiting_import() -> ImportRun:
    run = ImportRun.objects.get(state=JobState.WAITING)
    assert DBTaskResult.objects.filter(args_kwargs__args=[run.pk]).exists()
    run_import(import_run_id=run.pk)
    run.refresh_from_db()
    return run


def test_sent_files_come_in_under_their_exact_names(signed_in: Client, subject: Subject) -> None:
    names = ["自拍 10 修图.JPG", "a&amp;b;c.png", "folder/sub folder/1.png", "e\u0301.png"]
    answer = send_files(
        signed_in, SOURCES, FORM, [(name, picture_bytes(n)) for n, name in enumerate(names)]
    )
    run = run_waiting_import()
    assert answer.headers["Location"] == f"/projects/fans/subjects/ada/imports/{run.pk}/"
    assert (run.kind, run.state) == (SourceKind.UPLOAD, JobState.DONE)
    places = {place.path: place.image.name for place in run.provenances.select_related("image")}
    assert places == {name: name.rsplit("/", 1)[-1] for name in names}
    assert waiting_uploads() == []


def test_one_zip_is_read_as_a_zip(signed_in: Client) -> None:
    buffer = BytesIO()
    with ZipFile(buffer, "w") as archive:
        archive.writestr("截图/2.png", picture_bytes(2))
        archive.writestr("截图/notes.txt", "no picture")
    send_files(signed_in, SOURCES, FORM, [("打包 final.zip", buffer.getvalue())])
    run = run_waiting_import()
    assert (run.kind, run.given_as) == (SourceKind.UPLOAD, "打包 final.zip")
    assert Image.objects.get().name == "2.png"
    assert [file.path for file in run.outcomes.exclude(code="")] == ["截图/notes.txt"]
    assert waiting_uploads() == []


def test_one_jpeg_with_a_zip_behind_it_is_read_as_a_jpeg(signed_in: Client) -> None:
    picture = picture_bytes(1, format="JPEG")
    send_files(signed_in, SOURCES, FORM, [("a.jpg", jpeg_with_a_zip_behind(picture, b=picture))])
    run = run_waiting_import()
    assert (run.kind, Image.objects.get().name) == (SourceKind.UPLOAD, "a.jpg")


@pytest.mark.parametrize(
    ("fields", "files"),
    [
        ({"label": " "}, [("1.png", b"x")]),
        ({"label": "weibo"}, []),
        ({"label": "w" * 51}, [("1.png", b"x")]),
    ],
)
def test_what_is_not_filled_in_is_said_and_nothing_is_kept(
    signed_in: Client, fields: dict[str, str], files: list[tuple[str, bytes]]
) -> None:
    answer = send_files(signed_in, SOURCES, fields, files)
    assert answer.status_code == 200
    assert "errorlist" in answer.content.decode() or "field__errors" in answer.content.decode()
    assert not ImportRun.objects.exists()
    assert waiting_uploads() == []


def test_without_consent_nothing_is_taken_and_nothing_is_kept(
    signed_in: Client, subject: Subject
) -> None:
    subject.consents.update(covers_curate=False)
    answer = send_files(signed_in, SOURCES, FORM, [("1.png", picture_bytes(1))])
    assert answer.status_code == 200
    assert not ImportRun.objects.exists()
    assert not Source.objects.exists()
    assert not incoming().exists(), "consent is asked before the first byte is kept"
    assert 'id="import"' in answer.content.decode()
    assert 'type="file"' not in answer.content.decode()


def test_too_many_files_at_once_are_refused_with_a_way_out(
    signed_in: Client, settings: Any
) -> None:
    settings.DATA_UPLOAD_MAX_NUMBER_FILES = 2
    files = [(f"{n}.png", picture_bytes(n)) for n in range(3)]
    answer = send_files(signed_in, SOURCES, FORM, files)
    assert "zip" in signed_in.get(answer.headers["Location"]).content.decode()
    assert not ImportRun.objects.exists()
    assert waiting_uploads() == []


def test_an_upload_larger_than_allowed_is_refused_unread(
    signed_in: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source_pages, "MAX_UPLOAD_BYTES", 100)
    answer = send_files(signed_in, SOURCES, FORM, [("1.png", picture_bytes(1))])
    assert answer.status_code == 302
    assert not ImportRun.objects.exists()
    assert not incoming().exists()


def test_a_form_from_another_site_is_refused_and_leaves_nothing(
    organiser: User, subject: Subject
) -> None:
    wary = Client(enforce_csrf_checks=True)
    wary.force_login(organiser)
    answer = send_files(wary, SOURCES, FORM, [("1.png", picture_bytes(1))])
    assert answer.status_code == 403
    assert not ImportRun.objects.exists()
    assert waiting_uploads() == []


def test_an_import_page_names_what_did_not_come_in(
    signed_in: Client, weibo: Source, given: Path
) -> None:
    write_pictures(given, {"1.png": 1})
    (given / "notes.jpg").write_text("hello")
    run = bring_in_now(weibo, given)
    page = signed_in.get(f"/projects/fans/subjects/ada/imports/{run.pk}/").content.decode()
    assert "notes.jpg" in page
    assert "This is not a picture" in page
    assert "data-live" not in page, "it has ended"


def with_problems(run: ImportRun, code: str, num: int, **details: int) -> None:
    first = run.outcomes.count() + 1
    FileOutcome.objects.bulk_create(
        FileOutcome(
            import_run=run,
            position=first + n,
            path=f"{code} {n:03d}.jpg",
            outcome=Outcome.REFUSED,
            code=code,
            details=details,
        )
        for n in range(num)
    )


def files_on(page: str) -> list[str]:
    return re.findall(r'<span class="files__path">(.*?)</span>', page)


def test_problems_are_listed_by_kind_the_most_frequent_first(
    signed_in: Client, weibo: Source, given: Path
) -> None:
    run = bring_in_now(weibo, write_pictures(given, {"1.png": 1}))
    with_problems(run, "too_many_scans", 2, scans=4000, most=100)
    with_problems(run, "truncated", 3)
    address = f"/projects/fans/subjects/ada/imports/{run.pk}/"

    first = signed_in.get(address).content.decode()
    second = signed_in.get(address, {"kind": "too_many_scans"}).content.decode()

    counts = re.findall(r'data-label="Files">(\d+)<', first)
    assert counts == ["3", "2"]
    assert files_on(first) == [f"truncated {n:03d}.jpg" for n in range(3)]
    assert files_on(second) == [f"too_many_scans {n:03d}.jpg" for n in range(2)]
    assert "It has 4000 scans; the limit is 100." in second


def test_thousands_of_problems_are_read_page_by_page(
    signed_in: Client, weibo: Source, given: Path
) -> None:
    run = bring_in_now(weibo, write_pictures(given, {"1.png": 1}))
    with_problems(run, "truncated", 120)
    address, seen = f"/projects/fans/subjects/ada/imports/{run.pk}/", []

    pages = 0
    at = address
    while at:
        page = signed_in.get(at).content.decode()
        seen += files_on(page)
        pages += 1
        following = re.search(r'rel="next" href="(.*?)#', page)
        at = address + following[1].replace("&amp;", "&") if following else ""

    assert pages == 3
    assert seen == [f"truncated {n:03d}.jpg" for n in range(120)]


@pytest.mark.parametrize("query", ["?kind=nonsense&after=x", "?after=" + "9" * 30, "?after=-1"])
def test_a_page_of_problems_that_is_none_is_the_first(
    signed_in: Client, weibo: Source, given: Path, query: str
) -> None:
    run = bring_in_now(weibo, write_pictures(given, {"1.png": 1}))
    with_problems(run, "truncated", 60)
    page = signed_in.get(f"/projects/fans/subjects/ada/imports/{run.pk}/{query}").content.decode()
    assert len(files_on(page)) == 50


@pytest.mark.parametrize("num_problems", [1, 200])
def test_the_page_of_an_import_costs_the_same_however_much_went_wrong(
    num_problems: int,
    signed_in: Client,
    weibo: Source,
    given: Path,
    django_assert_num_queries: Callable[..., Any],
) -> None:
    run = bring_in_now(weibo, write_pictures(given, {"1.png": 1}))
    with_problems(run, "truncated", num_problems)
    with_problems(run, "crashed", num_problems)
    with django_assert_num_queries(10):
        signed_in.get(f"/projects/fans/subjects/ada/imports/{run.pk}/")


def test_an_import_page_counts_what_became_of_the_files(
    signed_in: Client, weibo: Source, scan: Source, given: Path
) -> None:
    bring_in_now(weibo, write_pictures(given, {"1.png": 1, "2.png": 2}))
    run = bring_in_now(scan, write_pictures(given, {"3.png": 3}))
    page = signed_in.get(f"/projects/fans/subjects/ada/imports/{run.pk}/").content.decode()
    counts = re.findall(r'<dd class="number">(\d+)', page)
    assert counts == ["1", "2", "0", "0", "0", "3"], "new, same, known, left out, refused, found"
    assert "= 1 + 2 + 0 + 0 + 0" in page


def test_what_was_left_out_stands_apart_from_what_was_refused(
    signed_in: Client, weibo: Source, given: Path
) -> None:
    for n in range(30):
        (given / f"{n:02d}.json").write_text("{}")
    (given / "broken.jpg").write_bytes(b"\xff\xd8\xff")
    run = bring_in_now(weibo, given)
    address = f"/projects/fans/subjects/ada/imports/{run.pk}/"
    page = signed_in.get(address).content.decode()
    assert files_on(page) == ["broken.jpg"], "the broken picture is shown first"
    assert page.index("Refused, and what to do") < page.index(">Left out</h2>")
    assert len(files_on(signed_in.get(address, {"kind": "beside"}).content.decode())) == 30


def test_a_source_says_its_licence_or_basis_and_who_brought_it(
    signed_in: Client, organiser: User
) -> None:
    refused = send_files(signed_in, SOURCES, FORM | {"licence_note": " "}, [("1.png", b"x")])
    assert "on what basis" in refused.content.decode()
    assert not Source.objects.exists()
    assert waiting_uploads() == []

    send_files(signed_in, SOURCES, FORM, [("1.png", picture_bytes(1))])
    page = signed_in.get(SOURCES).content.decode()
    assert Source.objects.get().brought_by == organiser
    assert '<td data-label="Licence or basis">fan use</td>' in page
    assert f'<td data-label="Brought by">{organiser}</td>' in page


def test_a_waiting_import_renews_itself(signed_in: Client) -> None:
    answer = send_files(signed_in, SOURCES, FORM, [("1.png", picture_bytes(1))])
    page = signed_in.get(answer.headers["Location"]).content.decode()
    assert 'data-live="1"' in page
    run_waiting_import()
    page = signed_in.get(answer.headers["Location"]).content.decode()
    assert "data-live" not in page


def test_an_import_is_found_only_below_its_own_subject(
    signed_in: Client, weibo: Source, given: Path, project: Any
) -> None:
    Subject.objects.create(project=project, slug="bob", name="Bob")
    run = bring_in_now(weibo, write_pictures(given, {"1.png": 1}))
    assert signed_in.get(f"/projects/fans/subjects/bob/imports/{run.pk}/").status_code == 404


@pytest.mark.parametrize("num_rows", [1, 20])
def test_lists_cost_one_query_whatever_their_length(
    num_rows: int,
    subject: Subject,
    tmp_path: Path,
    django_assert_num_queries: Callable[..., Any],
) -> None:
    for n in range(num_rows):
        source = Source.objects.create(subject=subject, label=f"source {n}")
        bring_in_now(source, write_pictures(tmp_path / f"given {n}", {"1.png": n, "2.png": n}))
    with django_assert_num_queries(1):
        listed = list(sources_with_counts(subject))
    assert [source.num_images for source in listed] == [1] * num_rows
    with django_assert_num_queries(1):
        runs = list(imports_of(subject, limit=50))
    assert [(run.num_new, run.num_refused) for run in runs] == [(1, 0)] * num_rows


@pytest.mark.parametrize("num_rows", [1, 20])
def test_the_page_costs_the_same_whatever_it_lists(
    num_rows: int,
    signed_in: Client,
    subject: Subject,
    tmp_path: Path,
    django_assert_num_queries: Callable[..., Any],
) -> None:
    for n in range(num_rows):
        source = Source.objects.create(subject=subject, label=f"source {n}")
        bring_in_now(source, write_pictures(tmp_path / f"given {n}", {"1.png": n}))
    with django_assert_num_queries(9):
        assert signed_in.get(SOURCES).status_code == 200


def big5_zip() -> bytes:
    """A pack of an old Taiwanese program, whose names say nothing of their encoding."""
    buffer = BytesIO()
    with ZipFile(buffer, "w") as archive:
        archive.writestr("xxxxxxxx.png", picture_bytes(1))
    return buffer.getvalue().replace(b"xxxxxxxx", "側臉照片".encode("big5"))


def test_how_names_read_is_shown_before_numbers_are_given_and_one_may_choose(
    signed_in: Client, subject: Subject
) -> None:
    send_files(signed_in, SOURCES, FORM, [("big5.zip", big5_zip())])
    run = run_waiting_import()
    page = f"/projects/fans/subjects/ada/imports/{run.pk}/"
    html = signed_in.get(page).content.decode()
    assert "waiting for your answer" in signed_in.get(SOURCES).content.decode()
    assert "No picture has a number yet." in html
    assert "側臉照片.png" in html
    assert "data-live" not in html, "nobody's choice is lost by a page that renews itself"
    assert f"{page}cancel/" in html
    (asked,) = run.question.names

    for wrong in ({}, {f"names_{asked.key}": "utf-16"}):
        signed_in.post(f"{page}answer/", wrong)
        run.refresh_from_db()
        assert run.is_asking

    answer = signed_in.post(f"{page}answer/", {f"names_{asked.key}": "big5"})
    assert answer.headers["Location"] == page
    assert (run_waiting_import().state, Image.objects.get().name) == (JobState.DONE, "側臉照片.png")


def test_names_cannot_write_into_the_page(signed_in: Client) -> None:
    buffer = BytesIO()
    with ZipFile(buffer, "w") as archive:
        archive.writestr("<script>alert(1)<|script>yyyy.png", picture_bytes(1))
    data = buffer.getvalue().replace(b"yyyy", "图片".encode("gbk"))
    send_files(signed_in, SOURCES, FORM, [("<b>.zip", data)])
    run = run_waiting_import()
    html = signed_in.get(f"/projects/fans/subjects/ada/imports/{run.pk}/").content.decode()
    assert "<script>alert(1)" not in html
    assert "<b>.zip" not in html
    assert "&lt;b&gt;.zip" in html


@needs_libarchive
def test_a_password_is_asked_for_and_is_in_no_page(signed_in: Client, given: Path) -> None:
    pack = make_locked_zip(given / "锁.zip", {"1.png": picture_bytes(1)}, "8k3d")
    send_files(signed_in, SOURCES, FORM, [("锁.zip", pack.read_bytes())])
    run = run_waiting_import()
    page = f"/projects/fans/subjects/ada/imports/{run.pk}/"
    assert "Locked with a password" in signed_in.get(page).content.decode()

    signed_in.post(f"{page}answer/", {"password": "wrong-8k3"})
    run_waiting_import()
    html = signed_in.get(page).content.decode()
    assert "The password given does not open them." in html
    assert "wrong-8k3" not in html

    signed_in.post(f"{page}answer/", {"password": "8k3d"})
    assert run_waiting_import().state == JobState.DONE
    assert Image.objects.get().name == "1.png"


def test_several_packs_and_pictures_come_in_together(signed_in: Client) -> None:
    packs = []
    for n in (1, 2):
        buffer = BytesIO()
        with ZipFile(buffer, "w") as archive:
            archive.writestr("1.png", picture_bytes(n))
        packs.append((f"pack_0{n}.zip", buffer.getvalue()))
    send_files(signed_in, SOURCES, FORM, [*packs, ("3.png", picture_bytes(3))])
    run = run_waiting_import()
    assert run.state == JobState.DONE
    assert set(run.provenances.values_list("path", flat=True)) == {
        "3.png",
        "pack_01.zip/1.png",
        "pack_02.zip/1.png",
    }


def test_which_frames_of_films_far_away_are_wanted_is_said_with_the_place(
    signed_in: Client, settings: Any
) -> None:
    settings.IMPORT_URLS, settings.IMPORT_S3_BUCKETS = True, ("found",)
    page = signed_in.get(SOURCES).content.decode()
    assert page.count("Films among them") == 3
    ours = {f"bucket-{name}": said for name, said in FORM.items()} | {"bucket-bucket": "found"}
    wrong = signed_in.post(f"{SOURCES}bucket/", {**ours, "bucket_films-every": "0"})
    assert 'id="id_bucket_films-every_error"' in wrong.content.decode()
    assert not ImportRun.objects.exists()
    signed_in.post(f"{SOURCES}bucket/", {**ours, "bucket_films-every": "7"})
    listed = {f"web-{name}": said for name, said in FORM.items()}
    listed |= {"web-addresses": "https://a.example/1.mp4", "web_films-min_face": "300"}
    signed_in.post(f"{SOURCES}web/", listed)
    seen = ImportRun.objects.order_by("pk").values_list("kind", "film_every", "film_min_face")
    assert list(seen) == [("s3", 7, 256), ("urls", 40, 300)]


def test_one_pack_that_cannot_be_opened_is_listed_and_adds_up(
    signed_in: Client, weibo: Source, given: Path
) -> None:
    (given / "a.zip").write_bytes(b"PK\3\4 and no more")
    run = bring_in_now(weibo, given / "a.zip")
    page = signed_in.get(f"{SOURCES.replace('sources', 'imports')}{run.pk}/").content.decode()
    assert "= 0 + 0 + 0 + 0 + 1" in page
    assert "Refused, and what to do" in page
    assert "This pack cannot be read" in page
