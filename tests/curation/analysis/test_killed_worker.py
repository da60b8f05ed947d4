"""A worker is killed while it looks at pictures: the next does the rest, nothing twice."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.conftest import DEMO
from tests.stories.real_site import RealSite, kill_when

NUM_PICTURES = 8
ANALYSIS = ("curation.analysis", "Analysis", "analyse_image_task")
START = "from curation.analysis.start_analysis import start_missing_analyses as s; print(s())"


@pytest.mark.slow
def test_what_a_killed_worker_left_is_looked_at_by_the_next(tmp_path: Path) -> None:
    site = RealSite(tmp_path / "var")
    given = tmp_path / "given"
    given.mkdir()
    for path in sorted((DEMO / "pair" / "ada").iterdir())[:NUM_PICTURES]:
        shutil.copy(path, given)
    to_ada = ("--project", "fans", "--subject", "ada", "--label", "a", "--licence-note", "invented")
    site.manage("import_source", *to_ada, str(given))
    assert int(site.python(START)) == NUM_PICTURES

    def in_state(state: str) -> int:
        query = f"select count(*) from analysis_analysis where state = '{state}'"  # noqa: S608
        return int(site.one(query))

    kill_when(site.start_worker(), lambda: in_state("done") >= 2 and in_state("running") == 1)
    done_before = site.rows("select id, perceptual_hash from analysis_analysis where state='done'")
    faces_before = site.rows("select id from analysis_face")
    assert 2 <= len(done_before) < NUM_PICTURES

    site.let_leases_run_out()
    assert site.requeue(*ANALYSIS) == 1, "the one in its hands; the others wait in the queue"
    site.finish_work()

    assert in_state("done") == NUM_PICTURES
    assert int(site.python(START)) == 0
    done = site.rows("select id, perceptual_hash from analysis_analysis")
    assert set(done_before) < set(done)
    assert set(faces_before) <= set(site.rows("select id from analysis_face")), "none was redone"
    per_picture = site.rows("select count(*) from analysis_face group by analysis_id")
    assert per_picture == [(1,)] * NUM_PICTURES
    thumbs = [path for path in site.data_dir.rglob("thumb.webp") if path.is_file()]
    assert len(thumbs) == NUM_PICTURES
