"""A worker that is killed in the middle of an import loses nothing and counts nothing twice."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from curation.vision.hashes import sha256_of
from tests.conftest import picture_bytes
from tests.stories.packs import cut, make_tar, needs_libarchive
from tests.stories.real_site import RealSite, kill_when
from tests.stories.sources import write_pictures

NUM_PICTURES = 200

IMPORT = ("curation.sources", "ImportRun", "run_import_task")

UPLOAD = """
from pathlib import Path
from curation.sources.start_upload import start_upload
from curation.projects.models import User
from curation.sources.kinds.upload import new_upload
from curation.subjects.models import Subject
upload = new_upload()
for path in Path({folder!r}).iterdir():
    with upload.add("自拍/" + path.name) as file:
        file.write(path.read_bytes())
start_upload(subject=Subject.objects.get(), label="weibo", licence_note="fan use", upload=upload,
             actor=User.objects.get())
"""


@pytest.mark.slow
def test_an_upload_whose_worker_was_killed_is_finished_by_the_next(tmp_path: Path) -> None:
    site = RealSite(tmp_path / "var")
    pictures = write_pictures(tmp_path / "given", {f"{n}.png": n for n in range(NUM_PICTURES)})
    site.python(UPLOAD.format(folder=str(pictures)))

    def how_many() -> int:
        return int(site.one("select count(*) from images_image"))

    kill_when(site.start_worker(), lambda: how_many() >= 20)
    killed_at = how_many()
    assert 20 <= killed_at < NUM_PICTURES
    assert site.one("select state from sources_importrun") == "running"
    assert len(list((site.data_dir / "incoming").iterdir())) == 1, "the upload is still there"

    assert site.requeue(*IMPORT) == 0, "its lease has not run out yet"
    site.let_leases_run_out()
    assert site.requeue(*IMPORT) == 1
    site.finish_work()

    assert site.rows("select state, problem, files_found from sources_importrun") == [
        ("done", "", NUM_PICTURES)
    ]
    numbers = site.rows("select number, name from images_image order by number")
    assert numbers == [(n + 1, f"{n}.png") for n in range(NUM_PICTURES)]
    assert site.one("select count(*) from sources_provenance") == NUM_PICTURES
    assert list((site.data_dir / "incoming").iterdir()) == [], "nothing is kept twice"
    for path in (site.data_dir / "objects" / "sha256").rglob("*"):
        if path.is_file() and path.suffix != ".partial":
            assert sha256_of(path.read_bytes()) == path.name, "no half file has a final name"


@pytest.mark.slow
def test_a_command_that_was_killed_is_finished_by_a_worker(tmp_path: Path) -> None:
    site = RealSite(tmp_path / "var")
    pictures = write_pictures(tmp_path / "given", {f"{n}.png": n for n in range(NUM_PICTURES)})
    command = ("--project", "fans", "--subject", "ada", "--label", "scan")
    command += ("--licence-note", "our own scans", str(pictures))
    running = site.start("import_source", *command)
    kill_when(running, lambda: site.one("select count(*) from images_image") >= 20)

    site.let_leases_run_out()
    assert site.requeue(*IMPORT) == 1
    site.finish_work()

    assert site.one("select count(*) from images_image") == NUM_PICTURES
    assert site.one("select max(number) from images_image") == NUM_PICTURES
    assert pictures.is_dir(), "a folder that is not ours is never removed"
    again = site.manage("import_source", *command)
    counts = "0 new, 0 with the same content, 200 imported before, 0 left out, 0 refused"
    assert counts in again.stdout


UPLOAD_PACKS = """
from pathlib import Path
from curation.sources.start_upload import start_upload
from curation.projects.models import User
from curation.sources.kinds.upload import new_upload
from curation.subjects.models import Subject
upload = new_upload()
for path in sorted(Path({folder!r}).iterdir()):
    with upload.add(path.name) as file:
        file.write(path.read_bytes())
start_upload(subject=Subject.objects.get(), label="weibo", licence_note="fan use", upload=upload,
             actor=User.objects.get())
"""


@needs_libarchive
@pytest.mark.slow
@pytest.mark.parametrize("at", ["unpacking", "storing"])
def test_packs_whose_worker_was_killed_come_in_whole_and_in_the_same_order(
    tmp_path: Path, at: str
) -> None:
    site = RealSite(tmp_path / "var")
    packs = tmp_path / "given"
    packs.mkdir()
    noise = random.Random(1).randbytes(400_000)
    pictures = {f"{n}.png": picture_bytes(n) for n in range(NUM_PICTURES)}
    beside = {f"note {n}.txt": noise for n in range(150)}
    for part in cut(make_tar(packs / "a.tar.gz", {**pictures, **beside}), 20_000_000):
        assert part.exists()

    def unpacked() -> list[Path]:
        return list((site.data_dir / "unpacked").rglob("0*"))

    def how_many() -> int:
        return int(site.one("select count(*) from images_image"))

    site.python(UPLOAD_PACKS.format(folder=str(packs)))
    worker = site.start_worker()
    if at == "unpacking":
        kill_when(worker, lambda: len(unpacked()) >= 20 and how_many() == 0)
        assert how_many() == 0
    else:
        kill_when(worker, lambda: how_many() >= 20)
        assert how_many() < NUM_PICTURES

    site.let_leases_run_out()
    assert site.requeue(*IMPORT) == 1
    site.finish_work()

    assert site.one("select state from sources_importrun") == "done"
    numbers = site.rows("select number, name from images_image order by number")
    assert numbers == [(n + 1, f"{n}.png") for n in range(NUM_PICTURES)]
    assert unpacked() == []
    assert list((site.data_dir / "incoming").iterdir()) == []
