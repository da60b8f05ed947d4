"""A worker that is killed while it fetches asks no site again for what is in."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.conftest import picture_bytes
from tests.curation.sources.test_films import episode
from tests.stories.buckets import NAME, Bucket
from tests.stories.packs import make_zip
from tests.stories.real_site import RealSite, kill_when
from tests.stories.web_site import Page, WebSite

NUM_PICTURES = 40

FETCH = """
from curation.sources.start_fetch import start_web_import
from curation.projects.models import User
from curation.subjects.models import Subject
start_web_import(subject=Subject.objects.get(), label="weibo", licence_note="fan use",
                 listed={listed!r}.encode(), name="list.txt", actor=User.objects.get())
"""


@pytest.mark.slow
def test_a_list_whose_worker_was_killed_is_finished_by_the_next(
    tmp_path: Path, web_site: WebSite
) -> None:
    site = RealSite(tmp_path / "var")
    for name in ("DEBUG", "IMPORT_URLS", "IMPORT_URLS_FROM_LOOPBACK"):
        site.set(name, "true")
    site.set("IMPORT_URLS_SECONDS_APART", "0.02")
    for n in range(NUM_PICTURES):
        web_site.pages[f"/{n}.png"] = Page(picture_bytes(n))
    listed = "\n".join(web_site.url(f"/{n}.png") for n in range(NUM_PICTURES))
    site.python(FETCH.format(listed=listed))

    def how_many() -> int:
        return int(site.one("select count(*) from images_image"))

    kill_when(site.start_worker(), lambda: how_many() >= 10)
    killed_at, asked_before = how_many(), web_site.paths()
    assert 10 <= killed_at < NUM_PICTURES
    site.let_leases_run_out()
    assert site.requeue("curation.sources", "ImportRun", "run_import_task") == 1
    site.finish_work()

    assert site.rows("select state, problem, files_found from sources_importrun") == [
        ("done", "", NUM_PICTURES)
    ]
    numbers = site.rows("select number, name from images_image order by number")
    assert numbers == [(n + 1, f"{n}.png") for n in range(NUM_PICTURES)]
    outcomes = site.rows("select outcome, count(*) from sources_fileoutcome group by outcome")
    assert outcomes == [("new", NUM_PICTURES)]
    asked_after = web_site.paths()[len(asked_before) :]
    assert len(asked_after) == NUM_PICTURES - killed_at, "only for what was not in"
    assert list((site.data_dir / "incoming").iterdir()) == []


FROM_BUCKET = """
from curation.sources.film_settings import FilmSettings
from curation.sources.start_fetch import start_bucket_import
from curation.projects.models import User
from curation.subjects.models import Subject
start_bucket_import(subject=Subject.objects.get(), label="bucket", licence_note="fan use",
                    bucket={bucket!r}, prefix="", actor=User.objects.get(),
                    films=FilmSettings(every=20, min_face=100))
"""


@pytest.mark.slow
@pytest.mark.parametrize("at", ["fetching", "storing", "watching"])
def test_packs_and_films_in_a_bucket_whose_worker_was_killed_come_in_once(
    tmp_path: Path, found_bucket: Bucket, at: str
) -> None:
    site = RealSite(tmp_path / "var")
    site.set("IMPORT_S3_BUCKETS", NAME)
    site.set("IMPORT_S3_ENDPOINT_URL", found_bucket.client.meta.endpoint_url)
    noise = random.Random(1).randbytes(400_000)
    pictures = {f"{n}.png": picture_bytes(n) for n in range(NUM_PICTURES)}
    beside = {f"note {n}.txt": noise for n in range(300)}
    pack = make_zip(tmp_path / "a.zip", {**pictures, **beside}).read_bytes()
    film = episode(tmp_path / "b.mp4", length=120).read_bytes()
    found_bucket.put({"a.zip": pack, "b.mp4": film, "c.png": picture_bytes(99)})
    site.python(FROM_BUCKET.format(bucket=NAME))

    def arrived() -> int:
        sizes = [each.stat().st_size for each in site.data_dir.glob("unpacked/*/*.partial")]
        return max(sizes, default=0)

    def how_many() -> int:
        return int(site.one("select count(*) from images_image"))

    moments = {
        "fetching": lambda: arrived() > 2_000_000,
        "storing": lambda: how_many() >= 10,
        "watching": lambda: how_many() >= NUM_PICTURES + 1,
    }
    kill_when(site.start_worker(), moments[at])
    assert how_many() < NUM_PICTURES + 7
    site.let_leases_run_out()
    assert site.requeue("curation.sources", "ImportRun", "run_import_task") == 1
    site.finish_work()

    found = NUM_PICTURES + 300 + 2
    assert site.rows("select state, problem, files_found from sources_importrun") == [
        ("done", "", found)
    ]
    outcomes = dict(site.rows("select outcome, count(*) from sources_fileoutcome group by outcome"))
    assert outcomes == {"new": NUM_PICTURES + 1, "film": 1, "left_out": 300}
    numbers = site.rows("select number, name from images_image order by number")
    assert numbers[:NUM_PICTURES] == [(n + 1, f"{n}.png") for n in range(NUM_PICTURES)]
    assert [number for number, _name in numbers] == list(range(1, len(numbers) + 1))
    assert numbers[-1][1] == "c.png"
    frames = site.rows("select frame from sources_provenance where frame > 0 order by frame")
    assert len(frames) == len(set(frames)) == len(numbers) - NUM_PICTURES - 1 == 6
    assert list(site.data_dir.glob("unpacked/*")) == []
    assert site.one("select count(*) from sources_fetchedwhole") == 2

    found_bucket.read.clear()
    site.python(FROM_BUCKET.format(bucket=NAME))
    site.finish_work()
    assert found_bucket.read == [], "only what is new is read"
    assert how_many() == len(numbers)
