"""What is installed is what we say we use, and each file of it has a digest."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from config.lock import OF_TORCH, _blocks_of

ROOT = Path(__file__).resolve().parents[2]
LOCKED = ROOT / "config" / "locked"
PIN = re.compile(r"^([A-Za-z0-9_.-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", re.MULTILINE)


def pins_in(*files: Path) -> dict[str, str]:
    """Version by name, names written as the registry writes them."""
    text = "\n".join(file.read_text() for file in files)
    return {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in PIN.findall(text)}


@pytest.mark.parametrize(
    ("asked_for", "locked"),
    [
        ("requirements.txt", ["site.txt", "torch.txt"]),
        ("requirements-dev.txt", ["site.txt", "torch.txt", "dev.txt"]),
    ],
)
def test_what_is_locked_is_what_we_ask_for(asked_for: str, locked: list[str]) -> None:
    wanted = pins_in(ROOT / asked_for)
    have = pins_in(*(LOCKED / file for file in locked))
    assert len(wanted) > 10
    assert wanted.items() <= have.items(), "run `make lock`"


@pytest.mark.parametrize("file", sorted(LOCKED.iterdir()), ids=lambda file: file.name)
def test_each_locked_package_has_digests(file: Path) -> None:
    blocks = re.split(r"^(?=[A-Za-z0-9])", file.read_text(), flags=re.MULTILINE)[1:]
    assert len(blocks) == len(PIN.findall(file.read_text())) > 0
    for block in blocks:
        assert "--hash=sha256:" in block, block.splitlines()[0]


def test_the_gigabytes_of_gpus_are_apart() -> None:
    """A CPU build of torch, as CI and most helpers have it, must not pull them in."""
    assert not [name for name in pins_in(LOCKED / "site.txt") if name.startswith("nvidia")]
    assert [name for name in pins_in(LOCKED / "torch.txt") if name.startswith("nvidia")]


def test_the_cpu_build_is_of_the_same_torch() -> None:
    cpu, full = (pins_in(LOCKED / f"{name}.txt")["torch"] for name in ("torch-cpu", "torch"))
    assert cpu == f"{full}+cpu"


def test_a_package_keeps_all_its_versions_and_digests_together() -> None:
    compiled = (
        "networkx==3.4.2 ; python_full_version < '3.11' \\\n    --hash=sha256:aa\n"
        "networkx==3.6.1 ; python_full_version >= '3.11' \\\n    --hash=sha256:bb\n"
        "psycopg[binary,pool]==3.3.9 \\\n    --hash=sha256:cc\n"
    )
    blocks = _blocks_of(compiled)
    assert set(blocks) == {"networkx", "psycopg"}
    assert "aa" in blocks["networkx"]
    assert "bb" in blocks["networkx"]


@pytest.mark.parametrize(
    ("name", "is_torchs"),
    [("torch", True), ("nvidia-cublas", True), ("triton", True), ("torchvision", False)],
)
def test_what_only_a_gpu_needs_goes_with_torch(name: str, *, is_torchs: bool) -> None:
    assert bool(OF_TORCH.match(name)) is is_torchs
