"""One file never ends an import: it is named with what is wrong, and its companions come in."""

from __future__ import annotations

import errno
import logging
import os
import shutil
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import pytest
from PIL import Image as Picture

from curation import store
from curation.analysis.analyse_image import analyse_image
from curation.decoding.client import in_child
from curation.decoding.limits import Limits
from curation.jobs import JobState
from curation.sources.kinds.upload import INDEX, new_upload
from curation.sources.models import ImportRun, Source, SourceKind
from curation.sources.problem_codes import ProblemCode
from curation.sources.start_import import import_now
from curation.subjects.models import Subject
from tests.conftest import DEMO, picture_bytes
from tests.stories.analysis import analysis_of
from tests.stories.deeds import whoever
from tests.stories.hostile_files import (
    gif_that_claims,
    jpeg_of_many_scans,
    jpeg_with_a_zip_behind,
    png_that_claims,
    webp_that_claims,
)
from tests.stories.sources import bring_in_now, write_pictures

POISON = {
    "05 line.png": (png_that_claims(99_999_999, 1), ProblemCode.TOO_LONG),
    "05 plain.png": (png_that_claims(20_000, 20_000), ProblemCode.TOO_MANY_PIXELS),
    "05 tiny.gif": (gif_that_claims(4_999, 4_999), ProblemCode.HOLLOW),
    "05 tiny.webp": (webp_that_claims(7_999, 7_999), ProblemCode.HOLLOW),
    "05 scans.jpg": (jpeg_of_many_scans(4000), ProblemCode.TOO_MANY_SCANS),
    "5" * 5000 + ".png": (picture_bytes(99), ProblemCode.NAME_TOO_LONG),
}


def codes(run: ImportRun) -> dict[str, str]:
    return {problem.path[:20]: problem.code for problem in run.outcomes.exclude(code="")}


def test_each_hostile_file_of_a_pack_is_named_and_its_companions_come_in(
    weibo: Source, subject: Subject, given: Path
) -> None:
    with ZipFile(given / "pack.zip", "w") as archive:
        for n in range(1, 11):
            archive.writestr(f"{n:02d}.png", picture_bytes(n))
        for name, (data, _code) in POISON.items():
            archive.writestr(name, data)

    run = bring_in_now(weibo, given / "pack.zip")

    assert (run.state, run.problem) == (JobState.DONE, "")
    assert subject.images.count() == 10
    assert codes(run) == {name[:20]: code for name, (_data, code) in POISON.items()}


def test_a_problem_says_the_numbers_of_its_file(weibo: Source, given: Path) -> None:
    (given / "a.png").write_bytes(png_that_claims(20_000, 20_000))
    (given / "b.jpg").write_bytes(jpeg_of_many_scans(4000))

    pixels, scans = bring_in_now(weibo, given).outcomes.order_by("path")

    assert pixels.sentence == (
        "The picture has too many pixels. Save it smaller. "
        "20000 × 20000 is more than 100 megapixels, the limit for PNG."
    )
    assert scans.sentence.endswith("It has 4000 scans; the limit is 100.")


def test_a_jpeg_with_a_zip_behind_it_is_a_jpeg(
    weibo: Source, subject: Subject, given: Path
) -> None:
    picture = picture_bytes(1, format="JPEG")
    data = jpeg_with_a_zip_behind(picture, inside=picture_bytes(2))
    (given / "a.jpg").write_bytes(data)

    bring_in_now(weibo, given)

    image = subject.images.get()
    assert (image.name, image.format) == ("a.jpg", "JPEG")
    assert store.get(image.sha256) == data


@pytest.mark.parametrize("name", [r"\ud800.png", r"a\u0000b.png"])
def test_a_name_that_no_database_keeps_is_that_files_problem(
    weibo: Source, subject: Subject, name: str
) -> None:
    upload = new_upload()
    for n in (1, 2):
        with upload.add(f"{n}.png") as file:
            file.write(picture_bytes(n))
    index = upload.folder / INDEX
    index.write_text(index.read_text().replace("2.png", name))

    run = import_now(
        source=weibo,
        kind=SourceKind.UPLOAD,
        path=upload.folder,
        given_as="upload",
        actor=None,
        on_progress=lambda _: None,
    )

    assert run.state == JobState.DONE
    assert subject.images.count() == 1
    assert [problem.code for problem in run.outcomes.exclude(code="")] == [ProblemCode.ODD_NAME]


@pytest.mark.slow
def test_the_108_megapixels_of_a_phone_are_taken_in_and_looked_at(
    weibo: Source, subject: Subject, given: Path
) -> None:
    exif = Picture.Exif()
    exif[0x0112] = 6
    portrait = Picture.open(DEMO / "portraits" / "ada_1.jpg").resize((12_000, 9_000))
    portrait.save(given / "phone.jpg", exif=exif, quality=80)

    run = bring_in_now(weibo, given)

    assert list(run.outcomes.exclude(code="")) == []
    image = subject.images.get()
    assert (image.width, image.height) == (9_000, 12_000)
    analysis = analysis_of(image)
    analyse_image(analysis_id=analysis.pk)
    analysis.refresh_from_db()
    assert (analysis.state, analysis.problem) == (JobState.DONE, "")


def raising(error: Exception) -> Callable[..., object]:
    def fail(*args: object, **kwargs: object) -> object:
        raise error

    return fail


def test_what_nobody_thought_of_is_that_files_problem_and_in_the_log(
    weibo: Source,
    subject: Subject,
    given: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    write_pictures(given, {"1.png": 1, "2.png": 2})
    monkeypatch.setattr(Path, "read_bytes", raising(ZeroDivisionError("of all things")))

    with caplog.at_level(logging.ERROR):
        run = bring_in_now(weibo, given)

    assert run.state == JobState.DONE
    assert set(codes(run).values()) == {ProblemCode.UNEXPECTED}
    assert "of all things" in caplog.text


def without_a_store(objects: Path) -> None:
    """Where the pictures should be kept there is something that is no folder."""
    shutil.rmtree(objects / "sha256")
    (objects / "sha256").write_text("no folder")


def without_a_decoder(objects: Path) -> None:
    """No more processes can be started, and the one that there was has ended."""
    limits = Limits(seconds=5, megabytes=100)
    os.kill(in_child(whoever, b"", limits=limits), signal.SIGKILL)
    pytest.MonkeyPatch().setattr(subprocess, "Popen", raising(OSError(errno.EAGAIN, "too many")))


@pytest.mark.parametrize("trouble", [without_a_store, without_a_decoder])
def test_trouble_of_the_machine_is_no_verdict_on_a_file(
    weibo: Source,
    given: Path,
    objects: Path,
    trouble: Callable[[Path], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write_pictures(given, {"1.png": 1})
    monkeypatch.setattr(subprocess, "Popen", subprocess.Popen)  # and back to it at the end
    trouble(objects)

    run = bring_in_now(weibo, given)

    assert (run.state, run.problem) == (JobState.WAITING, "")
    assert run.waits_out_trouble
    assert run.not_before is not None
    assert not run.outcomes.exclude(code="").exists()
