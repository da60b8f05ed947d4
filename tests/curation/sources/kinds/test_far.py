"""Packs and films in a bucket, or that a list of addresses names, come in as if they were sent."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import pytest
from botocore.exceptions import ReadTimeoutError
from pytest_django import Settings

from curation.decoding.client import in_child
from curation.images.models import Image
from curation.jobs import JobState
from curation.projects.models import User
from curation.sources import take_in
from curation.sources.answer_import import answer_import
from curation.sources.clear_incoming import unpacked_for
from curation.sources.encodings import Encoding
from curation.sources.kinds import bucket as bucket_reader
from curation.sources.kinds import far
from curation.sources.models import Film, ImportRun, Outcome, Provenance
from curation.sources.run_import import run_import
from curation.sources.selectors import import_report
from curation.sources.start_fetch import start_bucket_import, start_web_import
from curation.sources.try_import_again import try_import_again
from curation.subjects.models import Subject
from tests.conftest import picture_bytes
from tests.curation.sources.test_films import WANTED, episode
from tests.stories.buckets import NAME, Bucket
from tests.stories.packs import (
    cut,
    make_7z,
    make_locked_rar,
    make_rar,
    make_tar,
    make_zip,
    needs_libarchive,
)
from tests.stories.web_site import Page, WebSite

HERE = f"s3://{NAME}"


@pytest.fixture
def begin(subject: Subject, organiser: User) -> Callable[..., ImportRun]:
    """Begins to import from the bucket."""

    def start(prefix: str = "") -> ImportRun:
        return start_bucket_import(
            subject=subject,
            label="bucket",
            licence_note="fan use",
            bucket=NAME,
            prefix=prefix,
            actor=organiser,
            films=WANTED,
        )

    return start


@pytest.fixture
def bring_in(begin: Callable[..., ImportRun]) -> Callable[..., ImportRun]:
    def bring(prefix: str = "") -> ImportRun:
        return gone_on_with(begin(prefix))

    return bring


@pytest.fixture
def fetch(subject: Subject, organiser: User) -> Callable[[str], ImportRun]:
    def start(listed: str) -> ImportRun:
        run = start_web_import(
            subject=subject,
            label="weibo",
            licence_note="fan use",
            listed=listed.encode(),
            name="list.csv",
            actor=organiser,
            films=WANTED,
        )
        return gone_on_with(run)

    return start


def gone_on_with(run: ImportRun) -> ImportRun:
    run_import(import_run_id=run.pk)
    run.refresh_from_db()
    return run


def told(run: ImportRun) -> dict[str, tuple[str, str]]:
    return {each.path: (each.outcome, each.code) for each in run.outcomes.all()}


def names() -> list[str]:
    return list(Image.objects.order_by("number").values_list("name", flat=True))


def zipped(*seeds: int) -> bytes:
    out = io.BytesIO()
    with ZipFile(out, "w") as archive:
        for seed in seeds:
            archive.writestr(f"图/{seed}.png", picture_bytes(seed))
    return out.getvalue()


def read_from(bucket: Bucket) -> set[str]:
    """What was read since this was asked last."""
    keys = set(bucket.read)
    bucket.read.clear()
    return keys


@needs_libarchive
def test_packs_of_every_kind_in_a_bucket_are_opened_and_not_fetched_again(
    found_bucket: Bucket, bring_in: Callable[..., ImportRun], given: Path
) -> None:
    members = {f"{n}.png": picture_bytes(n) for n in (10, 9)}
    packs = [
        make_zip(given / "a.zip", {"1.png": picture_bytes(1)}),
        make_rar(given / "b.rar", {"2.png": picture_bytes(2)}),
        make_7z(given / "c.7z", {"3.png": picture_bytes(3)}),
        make_tar(given / "d.tar.gz", {"4.png": picture_bytes(4)}),
        *cut(make_zip(given / "e.zip", members), 400),
    ]
    found_bucket.put({f"packs/{pack.name}": pack.read_bytes() for pack in packs})
    found_bucket.put({"packs/f.png": picture_bytes(5)})

    run = bring_in()
    report = import_report(run)
    assert (run.state, report.new, report.accounted, report.found) == (JobState.DONE, 7, 7, 7)
    assert names() == ["1.png", "2.png", "3.png", "4.png", "9.png", "10.png", "f.png"]
    etag = found_bucket.client.head_object(Bucket=NAME, Key="packs/b.rar")["ETag"].strip('"')
    place = Provenance.objects.get(path=f"{HERE}/packs/b.rar/2.png")
    assert place.etag == etag
    assert Provenance.objects.filter(path__startswith=f"{HERE}/packs/e.zip/").count() == 2
    assert not unpacked_for(run).exists(), "nothing is left of them"

    read_from(found_bucket)
    again = bring_in()
    assert read_from(found_bucket) == set()
    assert import_report(again).known == import_report(again).found == len(packs) + 1

    found_bucket.put({f"packs/{packs[-1].name}": packs[-1].read_bytes() + b" "})
    found_bucket.put({"packs/a.zip": zipped(1, 20)})
    report = import_report(bring_in())
    wanted = {"packs/a.zip", *(f"packs/{part.name}" for part in packs[4:])}
    assert read_from(found_bucket) == wanted, "of a split pack all parts are fetched, or none"
    assert (report.new, report.num_refused) == (1, 0)


def test_the_only_pack_in_a_bucket_stands_in_the_path_of_what_is_in_it(
    found_bucket: Bucket, bring_in: Callable[..., ImportRun]
) -> None:
    found_bucket.put({"a.zip": zipped(1)})
    assert told(bring_in()) == {f"{HERE}/a.zip/图/1.png": ("new", "")}


def test_packs_and_films_under_other_names_are_found_out_when_they_are_read(
    found_bucket: Bucket, bring_in: Callable[..., ImportRun], tmp_path: Path
) -> None:
    inner = io.BytesIO()
    with ZipFile(inner, "w") as archive:
        archive.writestr("film", episode(tmp_path / "ep.mp4").read_bytes())
        archive.writestr("pack.jpg", zipped(2))
    found_bucket.put({"a": inner.getvalue(), "b.png": picture_bytes(3), "c.mp4": picture_bytes(4)})
    run = bring_in()
    assert told(run) == {
        f"{HERE}/a/film": ("film", ""),
        f"{HERE}/a/pack.jpg/图/2.png": ("new", ""),
        f"{HERE}/b.png": ("new", ""),
        f"{HERE}/c.mp4": ("new", ""),
    }
    assert Provenance.objects.filter(path=f"{HERE}/a/film", frame__gt=0).count() == 3
    read_from(found_bucket)
    assert import_report(bring_in()).known == 3
    assert read_from(found_bucket) == set()


def test_a_pack_that_is_called_a_film_is_opened_and_a_film_that_is_called_a_pack_watched(
    found_bucket: Bucket, bring_in: Callable[..., ImportRun], tmp_path: Path
) -> None:
    film = episode(tmp_path / "ep.mp4").read_bytes()
    found_bucket.put({"1.mp4": zipped(1, 2), "2.zip": film, "3.mkv": film + b"\0\0\0\x08free"})
    run = bring_in()
    assert told(run) == {
        f"{HERE}/1.mp4/图/1.png": ("new", ""),
        f"{HERE}/1.mp4/图/2.png": ("new", ""),
        f"{HERE}/2.zip": ("film", ""),
        f"{HERE}/3.mkv": ("film", ""),
    }
    assert found_bucket.read.count("1.mp4") == found_bucket.read.count("3.mkv") == 1
    assert not unpacked_for(run).exists()
    read_from(found_bucket)
    assert import_report(bring_in()).known == 3
    assert read_from(found_bucket) == set()


def test_on_the_web_a_pack_that_is_called_a_film_is_opened_and_a_film_called_a_pack_watched(
    web_site: WebSite, fetch: Callable[[str], ImportRun], tmp_path: Path
) -> None:
    film = episode(tmp_path / "ep.mp4").read_bytes()
    web_site.pages = {"/1.mp4": Page(body=zipped(1)), "/2.rar": Page(body=film)}
    one, two = (web_site.url(path) for path in web_site.pages)
    run = fetch(f"url\n{one}\n{two}\n")
    assert told(run) == {f"{one}/图/1.png": ("new", ""), two: ("film", "")}


def test_what_was_refused_is_not_decoded_again_when_packs_turn_up_under_other_names(
    found_bucket: Bucket, bring_in: Callable[..., ImportRun], monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = io.BytesIO()
    with ZipFile(inner, "w") as archive:
        archive.writestr("pack.jpg", zipped(2))
    broken, worse = picture_bytes(1)[:-40], picture_bytes(3)[:50]
    found_bucket.put({"a.jpg": inner.getvalue(), "b.png": broken, "c.png": broken, "d.png": worse})
    decoded: list[bytes] = []

    def noting(work: object, data: bytes, **rest: object) -> object:
        decoded.append(data)
        return in_child(work, data, **rest)  # type: ignore[arg-type]

    monkeypatch.setattr(take_in, "in_child", noting)
    assert told(bring_in()) == {
        f"{HERE}/a.jpg/pack.jpg/图/2.png": ("new", ""),
        f"{HERE}/b.png": ("refused", "truncated"),
        f"{HERE}/c.png": ("refused", "truncated"),
        f"{HERE}/d.png": ("refused", "truncated"),
    }
    assert [decoded.count(data) for data in (broken, worse, picture_bytes(2))] == [1, 1, 1]


def test_films_in_a_bucket_lie_here_one_at_a_time_and_are_watched_once(
    found_bucket: Bucket,
    bring_in: Callable[..., ImportRun],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    film = episode(tmp_path / "ep.mp4").read_bytes()
    found_bucket.put({"1.mp4": film, "2.mp4": film + b"\0\0\0\x08free", "3.mkv": b"no film"})
    lying: list[int] = []
    fetch = far._fetched

    def counting(here: Path, *rest: object) -> Path:
        lying.append(len(list(here.parent.glob("*"))) if here.parent.exists() else 0)
        return fetch(here, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(far, "_fetched", counting)
    run = bring_in()
    assert lying == [0, 0, 0], "each was gone before the next came"
    assert told(run) == {
        f"{HERE}/1.mp4": ("film", ""),
        f"{HERE}/2.mp4": ("film", ""),
        f"{HERE}/3.mkv": ("refused", "film_unreadable"),
    }
    frames = Provenance.objects.filter(path=f"{HERE}/1.mp4").order_by("frame")
    assert [len(place.etag) for place in frames] == [32] * 3
    assert all(place.time_code for place in frames)
    read_from(found_bucket)
    again = bring_in()
    assert read_from(found_bucket) == {"3.mkv"}, "what was refused is tried again"
    assert (import_report(again).known, import_report(again).num_films) == (2, 0)


def test_a_film_is_watched_again_when_other_frames_of_it_are_wanted(
    found_bucket: Bucket, begin: Callable[..., ImportRun], tmp_path: Path
) -> None:
    found_bucket.put({"1.mp4": episode(tmp_path / "ep.mp4").read_bytes()})
    gone_on_with(begin())
    wish = begin()
    wish.film_every = 1000
    wish.save()
    assert import_report(gone_on_with(wish)).num_films == 1


def test_a_transfer_that_breaks_off_goes_on_where_it_was(
    found_bucket: Bucket, begin: Callable[..., ImportRun], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bucket_reader, "_PIECE", 1000)
    found_bucket.put({"a.zip": (pack := zipped(*range(30)))})
    get, asked = bucket_reader._get, []

    def breaking(client: object, **wanted: str) -> object:
        asked.append(wanted["Range"])
        return Breaks(get(client, **wanted))

    class Breaks:
        """A line that breaks after three pieces."""

        def __init__(self, body: object) -> None:
            self.body, self.num = body, 0

        def read(self, size: int) -> bytes:
            self.num += 1
            if self.num > 3 and len(asked) < 4:
                raise ReadTimeoutError(endpoint_url="http://s3.example")
            data: bytes = self.body.read(size)  # type: ignore[attr-defined]
            return data

    monkeypatch.setattr(bucket_reader, "_get", breaking)
    run = begin()
    for _ in range(3):
        assert gone_on_with(run).waits_out_trouble
        assert try_import_again(import_run=run, actor=None)
    assert gone_on_with(run).state == JobState.DONE
    assert asked == ["bytes=0-", "bytes=3000-", "bytes=6000-", "bytes=9000-"]
    assert len(pack) > 9000
    assert Image.objects.count() == 30


def test_while_no_room_is_left_for_a_pack_the_import_waits(
    found_bucket: Bucket, begin: Callable[..., ImportRun], settings: Settings
) -> None:
    found_bucket.put({"a.zip": zipped(1)})
    free, settings.KEEP_FREE_BYTES = settings.KEEP_FREE_BYTES, 1 << 60
    run = gone_on_with(begin())
    assert (run.state, run.trouble) == (JobState.WAITING, "disk_full")
    settings.KEEP_FREE_BYTES = free
    assert try_import_again(import_run=run, actor=None)
    assert import_report(gone_on_with(run)).new == 1


def test_what_is_larger_than_anything_sent_is_named_unread(
    found_bucket: Bucket, bring_in: Callable[..., ImportRun], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bucket_reader, "MAX_SENT_BYTES", 100)
    found_bucket.put({"a.zip": zipped(1), "b.mp4": bytes(101)})
    assert set(told(bring_in()).values()) == {("refused", "too_large_to_fetch")}
    assert read_from(found_bucket) == set()


@needs_libarchive
def test_a_pack_far_away_that_is_locked_or_oddly_named_is_asked_about_and_kept_meanwhile(
    found_bucket: Bucket, begin: Callable[..., ImportRun], organiser: User, given: Path
) -> None:
    make_locked_rar(given / "锁.rar", {"1.png": picture_bytes(1)}, "8k3d")
    make_zip(given / "old.zip", {"写真/横顔.png".encode("cp932"): picture_bytes(2)})
    found_bucket.put({each.name: each.read_bytes() for each in given.iterdir()})
    run = gone_on_with(begin())
    assert run.is_asking
    read_from(found_bucket)
    assert answer_import(
        import_run=run,
        encodings={each.key: Encoding.SHIFT_JIS for each in run.question.names},
        password="8k3d",
        actor=organiser,
    )
    assert set(told(gone_on_with(run))) == {
        f"{HERE}/old.zip/写真/横顔.png",
        f"{HERE}/锁.rar/1.png",
    }
    assert read_from(found_bucket) == set(), "they were here already"


def test_a_damaged_pack_far_away_is_in_the_report_and_fetched_again_next_time(
    found_bucket: Bucket, bring_in: Callable[..., ImportRun]
) -> None:
    found_bucket.put({"a.zip": b"PK\3\4 and no more", "b.png": picture_bytes(1)})
    run = bring_in()
    assert told(run)[f"{HERE}/a.zip"] == ("refused", "not_a_pack")
    assert import_report(run).accounted == run.files_found == 2
    read_from(found_bucket)
    bring_in()
    assert read_from(found_bucket) == {"a.zip"}


def test_a_list_of_addresses_may_name_packs_and_films(
    web_site: WebSite, fetch: Callable[[str], ImportRun], tmp_path: Path
) -> None:
    web_site.pages["/pack.zip"] = Page(zipped(10, 9))
    web_site.pages["/get?id=7"] = Page(zipped(11))
    web_site.pages["/ep.mp4"] = Page(episode(tmp_path / "ep.mp4").read_bytes())
    web_site.pages["/watch?v=1"] = Page(episode(tmp_path / "two.mp4").read_bytes() + b"\0" * 8)
    web_site.pages["/z.png"] = Page(picture_bytes(1))
    paths = ["/z.png", "/ep.mp4", "/pack.zip", "/watch?v=1", "/get?id=7", "/gone.zip"]
    listed = "url,page,licence\n" + "".join(
        f"{web_site.url(path)},https://a.example{path},CC BY\n" for path in paths
    )
    run = fetch(listed)
    outcomes = {path.removeprefix(web_site.url("")): each for path, each in told(run).items()}
    assert outcomes == {
        "/z.png": ("new", ""),
        "/ep.mp4": ("film", ""),
        "/pack.zip/图/9.png": ("new", ""),
        "/pack.zip/图/10.png": ("new", ""),
        "/watch?v=1": ("film", ""),
        "/get?id=7/图/11.png": ("new", ""),
        "/gone.zip": ("refused", "not_there"),
    }
    pictures = [name for name in names() if not name.startswith(("ep", "watch"))]
    assert pictures == ["z.png", "9.png", "10.png", "11.png"], "in the order of the list"
    place = Provenance.objects.get(path__endswith="/pack.zip/图/9.png")
    assert (place.page, place.licence_note) == ("https://a.example/pack.zip", "CC BY")
    frame = Provenance.objects.filter(path__endswith="/ep.mp4").first()
    assert frame
    assert (frame.page, frame.time_code > "") == ("https://a.example/ep.mp4", True)

    web_site.asked.clear()
    again = fetch(listed)
    assert web_site.paths() == ["/gone.zip"]
    assert import_report(again).known == 5


def test_a_pack_on_the_web_may_be_larger_than_any_picture(
    web_site: WebSite, fetch: Callable[[str], ImportRun], monkeypatch: pytest.MonkeyPatch
) -> None:
    from curation.sources.kinds import web  # noqa: PLC0415, only its bound is changed

    monkeypatch.setattr(web, "MAX_FILE_BYTES", 2000)
    pack = zipped(*range(20))
    assert len(pack) > 5000
    web_site.pages["/a.zip"] = web_site.pages["/get"] = Page(pack)
    web_site.pages["/large.png"] = Page(picture_bytes(1) + bytes(2000))
    run = fetch("\n".join(map(web_site.url, ("/a.zip", "/get", "/large.png"))))
    report = import_report(run)
    assert (report.new, report.same, report.num_refused) == (20, 20, 1)
    assert told(run)[web_site.url("/large.png")] == ("refused", "too_large")


def test_a_sidecar_beside_a_film_in_a_bucket_tells_where_its_frames_are_from(
    found_bucket: Bucket, bring_in: Callable[..., ImportRun], tmp_path: Path
) -> None:
    found_bucket.put(
        {
            "1.mp4": episode(tmp_path / "ep.mp4").read_bytes(),
            "1.mp4.json": b'{"category": "weibo", "author": "ada"}',
        }
    )
    run = bring_in()
    assert run.outcomes.filter(outcome=Outcome.FILM).count() == 1
    assert set(Provenance.objects.values_list("site", "author")) == {("weibo", "ada")}
    assert read_from(found_bucket) == {"1.mp4", "1.mp4.json"}
    assert Film.objects.get().etag
