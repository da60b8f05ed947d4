"""A worker is killed while it writes hints: the next makes them all, as if nobody had died."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.stories.real_site import RealSite, kill_when

NUM_PICTURES = 40
FITTING = ("curation.hints", "Fitting", "fit_hints_task")
LOOKED_AT = """
from curation.images.measures import blank_measures
from curation.images.models import Image
from curation.subjects.models import Subject
from tests.stories.hints import seen
ada = Subject.objects.get(slug="ada")
for number in range(1, {num} + 1):
    image = Image.objects.create(
        subject=ada, number=number, name="x", sha256=f"{{number:064x}}", size_bytes=1, width=64,
        height=64, format="PNG",
    )
    blank_measures(image).save(force_insert=True)
    seen(image, blurry=number % 7 - 3)
"""
START = "from curation.hints.start_fits import start_fits as s; print(s())"
SLOWLY = """
import time
from curation.hints import fit_hints as module, keep_scores
keep_scores.AT_ONCE = 4
from curation.hints.models import Fitting
from curation.images.models import Measures
bulk_create = Measures.objects.bulk_create
def slowly(*given, **how):
    bulk_create(*given, **how)
    time.sleep(0.1)
Measures.objects.bulk_create = slowly
module.fit_hints(fitting_id=Fitting.objects.get().pk)
"""
HINTS = "select image_id, blurry, drawn from hints_hint where version = {version} order by image_id"


@pytest.mark.slow
def test_what_a_killed_worker_left_is_made_by_the_next(tmp_path: Path) -> None:
    site = RealSite(tmp_path / "var")
    site.python(LOOKED_AT.format(num=NUM_PICTURES))
    assert int(site.python(START)) == 1
    written = "select count(*) from hints_hint"

    worker = site.start("shell", "--verbosity", "0", "-c", SLOWLY)
    kill_when(worker, lambda: site.one(written) >= 8)
    assert 8 <= site.one(written) < NUM_PICTURES
    assert site.one("select version from hints_fitting") == 0

    assert site.one("select state from hints_fitting") == "running"
    site.let_leases_run_out()
    assert site.requeue(*FITTING) == 1
    site.finish_work()

    assert site.one("select state from hints_fitting") == "done"
    first = site.rows(HINTS.format(version=1))
    assert len(first) == NUM_PICTURES
    site.python("from curation.analysis.models import Analysis as A; A.objects.update(hinted_by=0)")
    assert int(site.python(START)) == 1
    site.finish_work()
    assert site.rows(HINTS.format(version=2)) == first, "as if nobody had been killed"
