"""Whatever is torn or missing is named, by subject and number, and nothing else is."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from curation.images.models import Image
from curation.releases.models import Release, ReleaseFacts
from training.engine.run.checkpoint_files import LAST, about_path, checkpoint_path, point_to
from training.runs.models import Run, RunState
from training.runs.run_folder import folder_of
from training.supervisor.prepare import prepare


def verified() -> list[str]:
    """The faults that the command names."""
    out = StringIO()
    try:
        call_command("verify", stdout=out, stderr=StringIO())
    except CommandError:  # exit code 1
        return out.getvalue().splitlines()
    assert "whole" in out.getvalue()
    return []


def lies_at(objects: Path, digest: str) -> Path:
    return objects / "sha256" / digest[:2] / digest


def save_checkpoint(run: Run, step: int, content: bytes = b"weights") -> Path:
    """Files as a trainer leaves them."""
    tensors = checkpoint_path(folder_of(run), step)
    tensors.parent.mkdir(parents=True, exist_ok=True)
    tensors.write_bytes(content)
    about = {"format": "winnow-checkpoint/1", "step": step, "saved_at": "2026-01-01T00:00:00"}
    about["digest"] = hashlib.sha256(content).hexdigest()
    about_path(tensors).write_text(json.dumps(about))
    point_to(folder_of(run), LAST, tensors, step=step)
    return tensors


@pytest.fixture
def run(make_run: Callable[..., Run]) -> Run:
    """A finished run with a checkpoint, its releases still laid out."""
    run = make_run()
    prepare(run=run)
    save_checkpoint(run, 30)
    Run.objects.filter(pk=run.pk).update(state=RunState.FINISHED)
    return run


def test_a_whole_installation_has_no_faults(run: Run) -> None:
    assert verified() == []


@pytest.mark.parametrize("left", [None, b"torn"])
def test_torn_and_missing_objects_are_named_by_what_they_are(
    run: Run, objects: Path, left: bytes | None
) -> None:
    image = Image.objects.get(subject__slug="ada")
    release = Release.objects.get(subject__slug="bob")
    evidence = image.subject.consents.get().evidence_sha256
    for digest in (image.sha256, release.manifest_sha256, evidence):
        lies_at(objects, digest).unlink()
        if left is not None:
            lies_at(objects, digest).write_bytes(left)
    faults = verified()
    word = "missing" if left is None else "damaged"
    assert f"fans / ada / image 1: the original is {word}" in faults
    assert "fans / bob / release 1: its manifest is damaged or missing" in faults
    assert any("ada / evidence of consent" in fault and word in fault for fault in faults)
    assert not any("which nothing names" in fault for fault in faults)
    if left is None:
        # The laid-out picture is a link to the same bytes, and is still there.
        assert not any("run 1" in fault for fault in faults)


def test_what_pages_tell_of_a_release_is_held_against_its_manifest(run: Run) -> None:
    kept = ReleaseFacts.objects.get(release__subject__slug="bob")
    kept.content["size_bytes"] += 1
    kept.save()
    (fault,) = verified()
    assert fault.startswith("fans / bob / release 1: what is kept of its manifest is not")
    kept.delete()  # as the fault says
    assert verified() == []


def test_a_run_that_finished_without_a_checkpoint_is_named(run: Run) -> None:
    for path in (folder_of(run) / "checkpoints").iterdir():
        path.unlink()
    assert verified() == ["fans / run 1: it has trained, but has no checkpoint"]


def test_damaged_checkpoints_pointers_and_settings_are_named(run: Run) -> None:
    save_checkpoint(run, 20)
    tensors = save_checkpoint(run, 30)
    tensors.write_bytes(b"weight")
    (folder_of(run) / "config.json").write_text("{")
    faults = verified()
    assert "fans / run 1: the checkpoint step-00000030.safetensors is damaged" in faults
    assert any("config.json cannot be read" in fault for fault in faults)
    assert len(faults) == 2
    tensors.unlink()
    assert any("named by last.json, is missing" in fault for fault in verified())


def test_a_laid_out_picture_that_changed_is_named(run: Run) -> None:
    (picture,) = (folder_of(run) / "a" / "images").iterdir()
    picture.unlink()
    picture.write_bytes(b"another")
    (fault,) = verified()
    assert fault.startswith("fans / run 1: a/images: Picture 1 ")


def test_what_killed_processes_left_is_named_once_it_is_old(run: Run, data_dir: Path) -> None:
    old, new = data_dir / "runs" / ".old.1234.partial", data_dir / "runs" / ".new.12.partial.json"
    old.mkdir()
    (old / "file").write_bytes(b"x")
    new.write_bytes(b"x")
    before = time.time() - 25 * 3600
    os.utime(old / "file", (before, before))
    os.utime(old, (before, before))
    (fault,) = verified()
    assert ".old.1234.partial" in fault


@pytest.mark.parametrize("num", [1, 12])
def test_it_costs_the_same_queries_whatever_there_is(
    db: None,
    num: int,
    make_image: Callable[..., Image],
    django_assert_num_queries: Callable[..., Any],
) -> None:
    for _ in range(num):
        make_image()
    with django_assert_num_queries(6):
        assert verified() == []
