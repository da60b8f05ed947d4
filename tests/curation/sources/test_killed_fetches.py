"""A worker that is killed while it fetches asks no site again for what is in."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import picture_bytes
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
