"""A worker is killed while it compares pictures: the next does the rest, nothing twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.stories.real_site import RealSite, kill_when

NUM_PICTURES = 60
SEARCH = ("curation.duplicates", "DuplicateSearch", "find_duplicates_task")
LOOKED_AT = """
from curation.images.models import Image
from curation.subjects.models import Subject
from tests.stories.duplicates import looked_at, motif_of
ada = Subject.objects.get(slug="ada")
for number in range(1, {num} + 1):
    image = Image.objects.create(
        subject=ada, number=number, name="x", sha256=f"{{number:064x}}", size_bytes=1, width=64,
        height=64, format="PNG",
    )
    looked_at(image, motif_of(number // 30, moment=number % 30 / 100))
"""
START = "from curation.duplicates.start_searches import start_searches as s; print(s())"
SLOWLY = """
from curation.duplicates import find_duplicates as module
module.IMAGES_AT_ONCE = 5
from curation.duplicates.models import DuplicateSearch
module.find_duplicates(search_id=DuplicateSearch.objects.get().pk)
"""


@pytest.mark.slow
def test_what_a_killed_worker_left_is_compared_by_the_next(tmp_path: Path) -> None:
    site = RealSite(tmp_path / "var")
    site.python(LOOKED_AT.format(num=NUM_PICTURES))
    assert int(site.python(START)) == 1
    pairs = "select first_id, second_id, id from duplicates_nearpair"
    compared = "select count(*) from analysis_analysis where compared_by > 0"

    worker = site.start("shell", "--verbosity", "0", "-c", SLOWLY)
    kill_when(worker, lambda: site.one(compared) >= 10)
    before = site.rows(pairs)
    assert 10 <= site.one(compared) < NUM_PICTURES
    assert before, "what was compared is kept"

    assert site.one("select state from duplicates_duplicatesearch") == "running"
    site.let_leases_run_out()
    assert site.requeue(*SEARCH) == 1
    site.finish_work()

    assert site.one(compared) == NUM_PICTURES
    assert site.one("select state from duplicates_duplicatesearch") == "done"
    assert set(before) <= set(site.rows(pairs)), "none was done anew"
    left = {pair[:2] for pair in site.rows(pairs)}

    site.python(
        "from curation.analysis.models import Analysis as A; A.objects.update(compared_by=0)"
    )
    assert int(site.python(START)) == 1
    site.finish_work()
    assert {pair[:2] for pair in site.rows(pairs)} == left, "as if nobody had been killed"
