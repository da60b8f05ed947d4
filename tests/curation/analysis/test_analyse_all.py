"""`manage.py analyse`: all cores, or a Ray cluster, give the rows that one worker gives."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django_tasks_db.models import DBTaskResult

from curation.analysis import analyse_all as whole
from curation.analysis.analyse_all import analyse_all
from curation.analysis.analyse_image import analyse_image
from curation.analysis.models import Analysis
from curation.analysis.spread import Keys
from curation.images.models import Image
from curation.jobs import JobState
from tests.conftest import DEMO
from tests.stories.real_site import RealSite, kill_when

IMPORT = ("import_source", "--project", "fans", "--subject", "ada", "--licence-note", "MIT")
NUM_PICTURES = 12

SEEN = """
import hashlib
from curation.analysis.models import Analysis
from django.db import connection
for each in Analysis.objects.order_by("image__number").prefetch_related("faces"):
    row = [each.image.number, each.state, each.vision_version, each.perceptual_hash]
    for face in each.faces.all():
        row += [face.position, face.left, face.yaw, face.pitch, face.sharpness]
        row += [hashlib.sha256(bytes(face.descriptor)).hexdigest()]
    print(row)
"""


def in_this_process(portions: Iterable[Keys]) -> Iterator[int]:
    for keys in portions:
        for key in keys:
            analyse_image(analysis_id=key)
        yield len(keys)


def test_all_that_waits_is_handed_out_once_and_nothing_is_queued(
    make_image: Callable[..., Image], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(whole, "PORTION", 2)
    monkeypatch.setattr(whole, "READ_AT_ONCE", 3)
    for _ in range(7):
        make_image()
    assert sum(analyse_all(in_this_process)) == 7
    assert Analysis.objects.filter(state=JobState.DONE).count() == 7
    assert not DBTaskResult.objects.exists()
    assert sum(analyse_all(in_this_process)) == 0


def test_what_an_older_version_saw_is_looked_at_again(make_image: Callable[..., Image]) -> None:
    for _ in range(3):
        make_image()
    assert sum(analyse_all(in_this_process)) == 3
    Analysis.objects.filter(image__number=2).update(vision_version=0)
    assert sum(analyse_all(in_this_process)) == 1
    assert not Analysis.objects.filter(vision_version=0).exists()


@pytest.fixture
def site(tmp_path: Path) -> RealSite:
    """A site with pictures of faces that nobody has looked at."""
    site = RealSite(tmp_path / "var")
    some = tmp_path / "some"
    some.mkdir()
    for picture in sorted((DEMO / "pair" / "ada").glob("*.jpg"))[:NUM_PICTURES]:
        shutil.copy(picture, some)
    site.manage(*IMPORT, "--label", "studio", str(some))
    return site


def by_one_worker(site: RealSite) -> str:
    """The rows as a worker of the queue leaves them; then they are forgotten again."""
    site.python(
        "from curation.analysis.start_analysis import start_missing_analyses as s\nwhile s(): pass"
    )
    site.finish_work()
    seen = site.python(SEEN)
    site.python(
        "from curation.analysis.models import *; Analysis.objects.all().delete();"
        "QueuedUpTo.objects.all().delete()"
    )
    assert seen.count("'done'") == NUM_PICTURES
    return seen


@pytest.mark.slow
def test_two_processes_see_what_one_worker_sees(site: RealSite) -> None:
    seen = by_one_worker(site)
    said = site.manage("analyse", "--workers", "2").stdout
    assert f"Looked at {NUM_PICTURES} pictures" in said
    assert site.python(SEEN) == seen
    assert "Looked at 0 pictures" in site.manage("analyse", "--workers", "2").stdout


@pytest.mark.slow
def test_what_a_killed_command_left_is_looked_at_by_the_queue(site: RealSite) -> None:
    def is_looked_at() -> bool:
        return bool(site.one("select count(*) from analysis_analysis where state = 'done'"))

    kill_when(site.start("analyse", "--workers", "1"), is_looked_at)
    # First what was being looked at; what nobody had begun follows when that has been taken. Its
    # child may live a moment longer than the command and take one more.
    for _ in range(5):
        site.let_leases_run_out()
        site.requeue("curation.analysis", "Analysis", "analyse_image_task")
        site.finish_work()
    states = site.rows("select state, count(*) from analysis_analysis group by state")
    assert states == [("done", NUM_PICTURES)]


@pytest.fixture
def ray_address() -> Iterator[str]:
    """A real cluster of one machine."""
    pytest.importorskip("ray", reason="Ray is an extra: pip install ray==2.60.0")
    ray = [sys.executable, "-m", "ray.scripts.scripts"]
    environment = os.environ | {"RAY_USAGE_STATS_ENABLED": "0"}

    def run(*arguments: str) -> Any:
        return subprocess.run(
            [*ray, *arguments],
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    head = ("--head", "--num-cpus", "2", "--num-gpus", "0", "--include-dashboard=false")
    started = run("start", *head, "--port", "6399", "--disable-usage-stats")
    assert started.returncode == 0, started.stdout + started.stderr
    yield "127.0.0.1:6399"
    run("stop", "--force")


@pytest.mark.slow
def test_a_ray_cluster_sees_what_one_worker_sees(site: RealSite, ray_address: str) -> None:
    seen = by_one_worker(site)
    site.set("RAY_ADDRESS", ray_address)
    assert f"Looked at {NUM_PICTURES} pictures" in site.manage("analyse").stdout
    site.set("RAY_ADDRESS", "")
    assert site.python(SEEN) == seen


def test_without_ray_the_command_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    settings.RAY_ADDRESS = "auto"
    with pytest.raises(CommandError, match="pip install ray"):
        call_command("analyse")
