"""A generated file tells, signed, how it was made, or it does not exist."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.training.engine import tiny
from training.engine.checkpoints.checkpoint import read_checkpoint
from training.engine.convert.mark import Marker
from training.engine.convert.pictures import save_picture
from training.engine.credentials.certificates import Credentials, make_development_credentials
from training.engine.credentials.provenance import (
    SOURCE_TYPE,
    describe_model,
    in_words,
    main,
    open_credentials,
    open_given_credentials,
    own_credentials,
    read_credentials,
)
from training.engine.errors import ConversionRefused, NotMarked

TOLD = {"model": "original", "step": 200, "release_a_manifest_sha256": "a" * 64}


@pytest.fixture(scope="module")
def credentials() -> Credentials:
    return make_development_credentials()


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp"])
def test_a_marked_picture_tells_how_it_was_made(
    tmp_path: Path, credentials: Credentials, suffix: str
) -> None:
    target = tmp_path / f"swapped{suffix}"
    with Marker(credentials, TOLD).marked(target) as draft:
        save_picture(np.full((64, 64, 3), 90, np.uint8), draft)
        assert not target.exists()

    store = read_credentials(target)
    assert store is not None
    assert store["validation_state"] == "Valid"
    manifest = store["manifests"][store["active_manifest"]]
    said = {assertion["label"]: assertion["data"] for assertion in manifest["assertions"]}
    actions = next(said[label] for label in said if label.startswith("c2pa.actions"))["actions"]
    assert [(action["action"], action["digitalSourceType"]) for action in actions] == [
        ("c2pa.created", SOURCE_TYPE)
    ]
    assert said["org.winnow.conversion"] == TOLD
    (ingredient,) = manifest["ingredients"]
    assert ingredient["title"] == "release of person A"
    assert ingredient["instance_id"] == f"sha256:{'a' * 64}"
    assert np.asarray(Image.open(target)).mean() == pytest.approx(90, abs=1)
    assert [path.name for path in tmp_path.iterdir()] == [target.name]


def test_a_picture_changed_afterwards_is_found_out(
    tmp_path: Path, credentials: Credentials
) -> None:
    target = tmp_path / "swapped.png"
    with Marker(credentials, TOLD).marked(target) as draft:
        save_picture(np.full((64, 64, 3), 90, np.uint8), draft)
    content = bytearray(target.read_bytes())
    content[-30] ^= 255
    target.write_bytes(bytes(content))
    store = read_credentials(target)
    assert store is not None
    assert store["validation_state"] == "Invalid"


def test_what_cannot_be_signed_is_not_written(tmp_path: Path, credentials: Credentials) -> None:
    other = make_development_credentials()
    mismatched = Credentials(certificate=credentials.certificate, key=other.key)
    target = tmp_path / "swapped.png"
    with (
        pytest.raises(NotMarked, match="so it was not written"),
        Marker(mismatched, TOLD).marked(target) as draft,
    ):
        save_picture(np.full((64, 64, 3), 90, np.uint8), draft)
    assert list(tmp_path.iterdir()) == []


def test_self_made_credentials_are_kept_and_only_their_owner_reads_the_key(tmp_path: Path) -> None:
    folder = tmp_path / "credentials"
    assert open_credentials(folder) == open_credentials(folder)
    assert (folder / "key.pem").stat().st_mode & 0o777 == 0o600


def test_whoever_signs_with_a_self_made_certificate_is_told_each_time_wherever_it_lies(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made, copied = tmp_path / "made", tmp_path / "copied"
    open_credentials(made)
    capsys.readouterr()
    copied.mkdir()
    for name in ("certificate.pem", "key.pem"):
        (copied / name).write_bytes((made / name).read_bytes())
    open_credentials(made)
    assert "signing with a self-signed development certificate" in capsys.readouterr().err
    open_given_credentials(copied)
    assert str(copied) in capsys.readouterr().err
    (copied / "certificate.pem").write_text("somebody else's")
    open_given_credentials(copied)
    assert capsys.readouterr().err == ""


def test_a_misspelt_folder_of_credentials_is_refused_and_not_made(tmp_path: Path) -> None:
    folder, half = tmp_path / "credentails", tmp_path / "half"
    half.mkdir()
    (half / "certificate.pem").write_text("a certificate")
    with pytest.raises(ConversionRefused, match=r"no certificate.pem and no key.pem in"):
        open_given_credentials(folder)
    assert not folder.exists()
    with pytest.raises(ConversionRefused, match=r"no key.pem in"):
        open_given_credentials(half)


def test_the_credentials_name_the_run_also_when_its_checkpoint_was_taken_elsewhere(
    make_run: Callable[..., Path], tmp_path: Path
) -> None:
    """Ada's run goes on with other settings; the last checkpoint is copied to a friend."""
    run_dir, twin = make_run("ada-into-bob", steps=1), make_run("twin", steps=1)
    for each in (run_dir, twin):
        assert tiny.main([str(each)]) == 0
    first = describe_model(read_checkpoint(run_dir))
    assert first["run"] == "ada-into-bob"

    config = run_dir / "config.json"
    again = {**json.loads(config.read_text()), "steps": 2, "learning_rate": 1e-5, "save_every": 7}
    config.write_text(json.dumps(again))
    assert tiny.main([str(run_dir)]) == 0
    saved, friend = read_checkpoint(run_dir), tmp_path / "friend"
    friend.mkdir()
    for path in (saved.path, saved.path.with_suffix(".json")):
        (friend / path.name).write_bytes(path.read_bytes())
    taken = read_checkpoint(friend / saved.path.name)
    model = describe_model(taken)
    assert (model["run_id"], model["step"], "run" in model) == (first["run_id"], 2, False)
    assert own_credentials(taken) == friend / "credentials"
    assert describe_model(read_checkpoint(twin))["run_id"] != first["run_id"]


@pytest.mark.parametrize(
    "store",
    [
        {"manifests": {"a": {}}, "active_manifest": "b"},
        {"manifests": {}, "active_manifest": None},
        {"manifests": {"a": {"ingredients": []}}, "active_manifest": "a"},
    ],
)
def test_credentials_that_are_torn_are_told_without_what_is_missing(store: dict[str, Any]) -> None:
    torn = {**store, "validation_state": "Invalid"}
    assert in_words(Path("a.jpg"), torn)[-1] == "nothing about its origin can be read"


def test_a_folder_that_cannot_keep_credentials_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConversionRefused, match="--credentials"):
        open_credentials(tmp_path / "file")


def test_credentials_are_read_back_in_words(
    tmp_path: Path, credentials: Credentials, capsys: pytest.CaptureFixture[str]
) -> None:
    marked, plain, missing = (tmp_path / name for name in ("a.png", "b.png", "c.png"))
    picture = np.full((64, 64, 3), 90, np.uint8)
    with Marker(credentials, TOLD).marked(marked) as draft:
        save_picture(picture, draft)
    Image.fromarray(picture).save(plain)
    assert main([str(marked)]) == 0
    output = capsys.readouterr().out
    assert "Content Credentials by Winnow" in output
    assert "valid" in output
    assert "compositeWithTrainedAlgorithmicMedia" in output
    assert "step: 200" in output
    assert "unproven" not in output
    assert f"made from the release of person A, sha256:{'a' * 64}" in output
    assert main([str(marked), "--json"]) == 0
    assert '"active_manifest"' in capsys.readouterr().out
    assert main([str(plain)]) == 1
    assert main([str(missing)]) == 2


@pytest.mark.parametrize(
    ("suffix", "place", "why"),
    [
        (".png", -30, "the picture was changed since it was signed"),
        (".jpg", -30, "the picture was changed since it was signed"),
        (".webp", -30, "the signature does not match these credentials"),
        (".png", b"model", "the credentials were changed since they were signed"),
    ],
)
def test_of_a_file_changed_since_it_is_told_why_nothing_is_proven(
    tmp_path: Path,
    credentials: Credentials,
    capsys: pytest.CaptureFixture[str],
    suffix: str,
    place: int | bytes,
    why: str,
) -> None:
    marked = tmp_path / f"a{suffix}"
    with Marker(credentials, TOLD).marked(marked) as draft:
        save_picture(np.full((64, 64, 3), 90, np.uint8), draft)
    changed = bytearray(marked.read_bytes())
    # The last letter of a name: still text, but another.
    changed[place if isinstance(place, int) else changed.index(place) + 4] ^= 1
    marked.write_bytes(bytes(changed))
    assert main([str(marked)]) == 1
    output = capsys.readouterr().out.splitlines()
    assert any(why in line for line in output)
    claims = output[output.index("none of these claims is proven:") + 1 :]
    assert "  unproven: step: 200" in claims
    assert all(line.startswith("  unproven: ") for line in claims)
