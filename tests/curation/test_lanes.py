"""What somebody waits for does not wait behind thousands of pictures to look at."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from curation.analysis import start_analysis
from curation.analysis.models import Analysis
from curation.analysis.start_analysis import start_missing_analyses
from tests.curation.analysis.test_starting import MakeImage
from tests.stories.real_site import RealSite
from tests.stories.sources import write_pictures

NUM_WAITING = 1000

MANY_TO_LOOK_AT = """
from curation import store
from curation.analysis.start_analysis import start_missing_analyses
from curation.images.models import Image
from curation.subjects.models import Subject
from tests.conftest import picture_bytes
ada = Subject.objects.get()
for number in range(1, {num} + 1):
    digest = store.put(picture_bytes(number))
    Image.objects.create(
        subject=ada, number=number, name="a.png", sha256=digest, size_bytes=1, width=48, height=40,
        bare_sha256=digest, bare_size_bytes=1, bare_format="PNG", format="PNG",
    )
ada.last_number = {num}
ada.save()
while start_missing_analyses():
    pass
"""

IMPORT_SOON = """
from pathlib import Path
from curation.sources.add_source import add_source
from curation.sources.models import SourceKind
from curation.sources.start_import import start_import
from curation.subjects.models import Subject
start_import(source=add_source(subject=Subject.objects.get(), label="weibo", licence_note="fan use",
             actor=None),
             kind=SourceKind.FOLDER, path=Path({folder!r}), given_as="weibo", actor=None)
"""


@pytest.mark.slow
@pytest.mark.parametrize("lane", ["quick", "*"])
def test_an_import_is_done_while_a_thousand_analyses_wait(tmp_path: Path, lane: str) -> None:
    site = RealSite(tmp_path / "var")
    pictures = write_pictures(tmp_path / "given", {f"{n}.png": 5000 + n for n in range(5)})
    site.python(MANY_TO_LOOK_AT.format(num=NUM_WAITING))
    site.python(IMPORT_SOON.format(folder=str(pictures)))
    worker = site.start_worker(lane)
    try:
        deadline = time.monotonic() + 60
        while site.one("select state from sources_importrun") != "done":
            assert time.monotonic() < deadline, "the import was never done"
            time.sleep(0.1)
        looked_at = site.one("select count(*) from analysis_analysis where state = 'done'")
    finally:
        worker.terminate()
        worker.wait(30)
    assert looked_at < NUM_WAITING / 10
    assert site.one("select count(*) from images_image") == NUM_WAITING + 5


def test_the_queue_takes_no_more_analyses_than_keep_all_workers_busy(
    make_image: MakeImage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(start_analysis, "AT_ONCE", 2)
    monkeypatch.setattr("curation.queue.ENOUGH_WAITING", 4)
    for _ in range(7):
        make_image()
    assert [start_missing_analyses() for _ in range(4)] == [2, 2, 0, 0]
    Analysis.objects.update(state="done", vision_version=0)  # seen by an older version
    assert start_missing_analyses() == 0
