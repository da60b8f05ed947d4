"""A worker that is killed while it freezes leaves nothing half, and the next one freezes."""

from __future__ import annotations

from pathlib import Path

import pytest

from curation.vision.hashes import sha256_of
from tests.stories.real_site import RealSite, kill_when

FREEZING = ("curation.releases", "Freezing", "run_freezing_task")
NUM_IMAGES = 20_000

ASK = """
from curation.projects.models import User
from curation.releases.ask_for_release import ask_for_release
from curation.subjects.models import Subject
admin = User.objects.get(username="scale-admin")
ask_for_release(subject=Subject.objects.get(slug="scale-1"), actor=admin)
"""

PLAIN = """
from curation.releases.manifest import digest_of, encode
from tests.stories.releases import manifest_now
from curation.subjects.models import Subject
print(digest_of(encode(manifest_now(Subject.objects.get(slug="scale-1")))))
"""


@pytest.mark.slow
def test_a_freezing_whose_worker_was_killed_is_done_by_the_next(tmp_path: Path) -> None:
    site = RealSite(tmp_path / "var")
    site.manage("make_scale_data", "--images", str(NUM_IMAGES))
    site.python(ASK)
    state = "select state from releases_freezing"
    kill_when(site.start_worker(), lambda: site.one(state) == "running")
    assert site.one(state) == "running", "it was killed in the middle"
    assert site.one("select count(*) from releases_release") == 0
    assert site.requeue(*FREEZING) == 0, "its lease has not run out yet"

    site.let_leases_run_out()
    assert site.requeue(*FREEZING) == 1
    site.finish_work()

    assert site.rows("select state, problem from releases_freezing") == [("done", "")]
    ((digest, num_images),) = site.rows("select manifest_sha256, num_images from releases_release")
    assert num_images > NUM_IMAGES / 3
    assert digest == site.python(PLAIN).strip(), "as if it had been frozen in one go"
    for path in (site.data_dir / "objects" / "sha256").rglob("*"):
        if path.is_file() and path.suffix != ".partial":
            assert sha256_of(path.read_bytes()) == path.name, "no half file has a final name"
