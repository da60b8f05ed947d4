"""A generated file tells, signed, how it was made, or it does not exist."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from training.engine.convert.mark import Marker
from training.engine.errors import ConversionRefused, NotMarked
from training.engine.provenance import (
    SOURCE_TYPE,
    Credentials,
    main,
    make_development_credentials,
    open_credentials,
    read_credentials,
)

TOLD = {"model": "original", "step": 200, "release_a_manifest_sha256": "a" * 64}


@pytest.fixture(scope="module")
def credentials() -> Credentials:
    return make_development_credentials()


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp"])
def test_a_marked_picture_tells_how_it_was_made(
    tmp_path: Path, credentials: Credentials, suffix: str
) -> None:
    target = tmp_path / f"swapped{suffix}"
    with Marker(credentials, TOLD).marked(target) as partial:
        Image.fromarray(np.full((64, 64, 3), 90, np.uint8)).save(partial)
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
    with Marker(credentials, TOLD).marked(target) as partial:
        Image.fromarray(np.full((64, 64, 3), 90, np.uint8)).save(partial)
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
        Marker(mismatched, TOLD).marked(target) as partial,
    ):
        Image.fromarray(np.full((64, 64, 3), 90, np.uint8)).save(partial)
    assert list(tmp_path.iterdir()) == []


def test_self_made_credentials_are_kept_and_only_their_owner_reads_the_key(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "credentials"
    first = open_credentials(folder)
    assert "self-made development certificate" in capsys.readouterr().err
    assert open_credentials(folder) == first
    assert capsys.readouterr().err == ""
    assert (folder / "key.pem").stat().st_mode & 0o777 == 0o600


def test_a_folder_that_cannot_keep_credentials_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConversionRefused, match="--credentials"):
        open_credentials(tmp_path / "file")


def test_credentials_are_read_back_in_words(
    tmp_path: Path, credentials: Credentials, capsys: pytest.CaptureFixture[str]
) -> None:
    marked, plain, missing = (tmp_path / name for name in ("a.png", "b.png", "c.png"))
    picture = Image.fromarray(np.full((64, 64, 3), 90, np.uint8))
    with Marker(credentials, TOLD).marked(marked) as partial:
        picture.save(partial)
    picture.save(plain)
    assert main([str(marked)]) == 0
    told = capsys.readouterr().out
    assert "Content Credentials by Winnow" in told
    assert "valid" in told
    assert "compositeWithTrainedAlgorithmicMedia" in told
    assert "step: 200" in told
    assert f"made from the release of person A, sha256:{'a' * 64}" in told
    assert main([str(marked), "--json"]) == 0
    assert '"active_manifest"' in capsys.readouterr().out
    assert main([str(plain)]) == 1
    assert main([str(missing)]) == 2
    changed = bytearray(marked.read_bytes())
    changed[-30] ^= 255
    marked.write_bytes(bytes(changed))
    assert main([str(marked)]) == 1
