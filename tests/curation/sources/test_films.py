"""A film among the files becomes pictures, in order of time, that know when they are shown."""

from __future__ import annotations

import shutil
import tarfile
from pathlib import Path
from zipfile import ZipFile

import pytest
from PIL import Image as PillowImage

from curation.errors import InvalidInput
from curation.images.models import Image
from curation.sources.film_settings import FilmSettings
from curation.sources.kinds import unpacked, zip_file
from curation.sources.kinds.opening import kind_of
from curation.sources.models import Film, ImportRun, Provenance, Source, SourceKind
from curation.sources.selectors import films_of, import_report
from curation.sources.start_import import import_now
from curation.subjects.add_portrait import add_portrait
from curation.subjects.models import Subject
from tests.conftest import DEMO, picture_bytes
from tests.curation.vision.video.test_extract import film, with_person
from tests.stories.films import make_noise, scene
from tests.stories.packs import make_rar, make_zip, needs_libarchive
from tests.stories.real_site import RealSite, kill_when

WANTED = FilmSettings(every=20, min_face=100)


def episode(path: Path, *, length: int = 60, person: str = "ada_1") -> Path:
    return film(path, length, lambda number: with_person(person, number))


def bring_in(source: Source, path: Path, settings: FilmSettings = WANTED) -> ImportRun:
    return import_now(
        source=source,
        kind=kind_of(path),
        path=path,
        given_as=path.name,
        actor=None,
        on_progress=lambda _: None,
        films=settings,
    )


@needs_libarchive
def test_a_film_in_a_pack_becomes_pictures_too(weibo: Source, given: Path) -> None:
    data = episode(given / "2.mp4").read_bytes()
    (given / "2.mp4").unlink()
    for name, make in (("a.zip", make_zip), ("b.rar", make_rar)):
        pack = make(given / name, {"第三集/2.mp4": data})  # type: ignore[operator]
        run = bring_in(weibo, pack)
        assert run.state == "done"
        assert list(run.outcomes.exclude(code="")) == []
    assert Image.objects.count() == 3, "the same film from another pack adds no number"
    assert set(Provenance.objects.values_list("path", flat=True)) == {"第三集/2.mp4"}


def test_a_film_in_a_folder_becomes_pictures_between_its_neighbours(
    weibo: Source, given: Path
) -> None:
    (given / "1.png").write_bytes(picture_bytes(1))
    episode(given / "2 第三集.mp4")
    (given / "10.png").write_bytes(picture_bytes(2))
    run = bring_in(weibo, given)
    assert run.state == "done"
    assert list(run.outcomes.exclude(code="")) == []

    images = list(Image.objects.order_by("number"))
    assert [image.number for image in images] == [1, 2, 3, 4, 5]
    assert [images[0].name, images[-1].name] == ["1.png", "10.png"]
    places = list(Provenance.objects.filter(frame__gt=0).order_by("image__number"))
    assert [place.image.number for place in places] == [2, 3, 4]
    assert {place.path for place in places} == {"2 第三集.mp4"}
    assert {place.scene for place in places} == {1}
    moments = [place.milliseconds for place in places]
    assert moments == [40 * (place.frame - 1) for place in places]
    assert moments == sorted(moments)
    assert places[0].time_code.startswith("00:00:00.")
    stem = f"2 第三集 {places[0].time_code.replace(':', '-')}"
    assert images[1].name == f"{stem}.png"
    assert (images[1].format, images[1].width, images[1].height) == ("PNG", 640, 360)

    report = import_report(run)
    assert (report.numbered, len(report.films), report.known) == (5, 1, 0)
    assert (report.num_films, report.accounted, report.found) == (1, 3, 3)
    [told] = report.films
    assert told.num_pictures == 3  # type: ignore[attr-defined]  # annotated
    assert (told.scenes, told.is_over, told.num_passed) == (1, True, 0)
    assert told.lasts == "00:00:02"


def test_the_same_film_again_adds_nothing(weibo: Source, given: Path) -> None:
    path = episode(given / "film.mkv")
    assert kind_of(path) == SourceKind.FILM
    bring_in(weibo, path)
    before = list(Provenance.objects.order_by("pk").values_list("pk", "image", "frame"))
    assert len(before) == 3
    again = bring_in(weibo, path)
    assert list(Provenance.objects.order_by("pk").values_list("pk", "image", "frame")) == before
    assert Image.objects.count() == 3
    assert import_report(again).numbered == 0
    assert films_of(again)[0].num_pictures == 3  # type: ignore[attr-defined]  # annotated


def test_a_still_that_is_shown_twice_is_one_picture_at_two_moments(
    weibo: Source, given: Path
) -> None:
    film(given / "slides.mp4", 40, lambda _: with_person("ada_1", 0))
    bring_in(weibo, given)
    assert Provenance.objects.count() == 2
    assert len({place.frame for place in Provenance.objects.all()}) == 2
    assert Image.objects.count() <= 2


def test_what_is_passed_over_is_counted(subject: Subject, weibo: Source, given: Path) -> None:
    def picture(number: int) -> object:
        if number < 20:
            return scene(4, width=640, height=360)
        return with_person("ada_1" if number < 40 else "bob_1", number)

    film(given / "film.mp4", 60, picture)  # type: ignore[arg-type]
    run = bring_in(weibo, given, FilmSettings(every=20, min_face=600))
    [told] = films_of(run)
    assert (told.no_face, told.small_face, told.num_pictures) == (1, 2, 0)  # type: ignore[attr-defined]
    assert import_report(run).numbered == 0

    only = FilmSettings(every=20, min_face=100, subject_only=True)
    with pytest.raises(InvalidInput, match="portrait"):
        bring_in(weibo, given, only)
    add_portrait(
        subject=subject,
        name="ada.jpg",
        data=(DEMO / "portraits" / "ada_2.jpg").read_bytes(),
        caption="",
        actor=None,
    )
    run = bring_in(weibo, given, only)
    [told] = films_of(run)
    assert (told.no_face, told.other_person, told.num_pictures) == (1, 1, 1)  # type: ignore[attr-defined]


def test_a_film_that_breaks_off_says_so_and_keeps_what_came_before(
    weibo: Source, given: Path
) -> None:
    episode(given / "whole.ts", length=80)
    content = (given / "whole.ts").read_bytes()
    (given / "whole.ts").unlink()
    make_noise(given / "noise.mp4", options={"movflags": "faststart"})
    noise = (given / "noise.mp4").read_bytes()
    (given / "noise.mp4").write_bytes(noise[: len(noise) * 2 // 3])
    (given / "part.ts").write_bytes(content[: len(content) // 2])
    (given / "torn.mp4").write_bytes(b"\0\0\0\x18ftypisom" + bytes(4000))
    (given / "z.png").write_bytes(picture_bytes(1))
    run = bring_in(weibo, given)
    assert run.state == "done"
    codes = dict(run.outcomes.exclude(code="").values_list("path", "code"))
    assert codes == {"noise.mp4": "film_breaks_off", "torn.mp4": "film_unreadable"}
    assert all(len(problem.sentence) > 30 for problem in run.outcomes.exclude(code=""))
    assert Provenance.objects.filter(path="part.ts").count() >= 1
    assert Image.objects.filter(name="z.png").exists()
    report = import_report(run)
    assert report.accounted == report.found == 4
    assert {film.path for film in report.films} == {"noise.mp4", "part.ts", "torn.mp4"}
    assert report.known == 0


def test_what_is_called_a_film_and_is_none_is_judged_by_its_bytes(
    weibo: Source, given: Path
) -> None:
    PillowImage.new("RGB", (64, 64), (10, 20, 30)).save(given / "still.mp4", format="PNG")
    shutil.copy(episode(given / "film.mp4"), given / "picture.jpg")
    (given / "film.mp4").unlink()
    bring_in(weibo, given)
    assert Image.objects.filter(name="still.mp4").exists()
    assert Provenance.objects.filter(path="picture.jpg", frame__gt=0).count() == 3


@pytest.mark.parametrize("kind", ["zip", pytest.param("tar", marks=needs_libarchive)])
def test_films_in_packs_are_films_however_large(
    weibo: Source, given: Path, tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = episode(tmp_path / "ep 03.mp4")
    pack = given / f"all.{kind}"
    if kind == "zip":
        with ZipFile(pack, "w") as archive:
            archive.write(path, "剧/ep 03.mp4")
    else:
        with tarfile.open(pack, "w") as tar:
            tar.add(path, "剧/ep 03.mp4")
    small = path.stat().st_size - 1
    for module in (zip_file, unpacked):
        monkeypatch.setattr(module, "MAX_FILE_BYTES", small)
    run = bring_in(weibo, pack)
    assert (run.state, set(run.outcomes.values_list("outcome", "code"))) == ("done", {("film", "")})
    places = Provenance.objects.order_by("milliseconds")
    assert [place.path for place in places] == ["剧/ep 03.mp4"] * 3
    assert Image.objects.count() == 3


@pytest.mark.slow
def test_a_film_whose_import_was_killed_goes_on_where_it_was(tmp_path: Path) -> None:
    given = tmp_path / "given"
    given.mkdir()
    episode(given / "long.mp4", length=420)
    asked = ("--licence-note", "own", "--every", "10", "--min-face", "100", str(given))
    rows = "select number, name, sha256 from images_image order by number"

    whole = RealSite(tmp_path / "whole")
    to_ada = ("--project", "fans", "--subject", "ada", "--label", "scan", "--licence-note", "ours")
    whole.manage("import_source", *to_ada, *asked)
    expected = whole.rows(rows)
    assert len(expected) > 30

    site = RealSite(tmp_path / "var")
    running = site.start("import_source", *to_ada, *asked)
    kill_when(running, lambda: site.one("select count(*) from images_image") >= 9)
    reached = site.one("select step from sources_film")
    assert 0 < int(reached) < 42
    site.let_leases_run_out()
    assert site.requeue("curation.sources", "ImportRun", "run_import_task") == 1
    site.finish_work()
    assert site.rows(rows) == expected, "as if it had never been killed"
    num_places = "select count(*) from sources_provenance"
    assert site.one(num_places) == whole.one(num_places)
    assert site.rows("select state, problem from sources_importrun") == [("done", "")]
    assert site.one("select count(*) from sources_film") == 1
    assert Film._meta.db_table == "sources_film"
