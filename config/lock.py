"""Write config/locked/: every package that is installed, with its version and its digests.

requirements.txt and requirements-dev.txt name what we use; these files add what that needs in
turn, for every platform, with the SHA-256 of each file that the registry has. `make lock` runs it.

    python config/lock.py
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKED = ROOT / "config" / "locked"
PYTHON_AT_LEAST = "3.11"

OF_TORCH = re.compile(r"^(torch$|nvidia-|cuda-|triton$)")
"""torch as PyPI has it, and what it needs where it was built for GPUs."""

CPU_BUILD_OF_TORCH = """\
torch==2.13.0+cpu \\
    --hash=sha256:6746dbcbeb526eb61330b76b41ff1b4eb848951103a892eeb080dfa2b264667b
"""
"""From PyTorch's own index, for cp311 on x86-64 Linux: without gigabytes that need a GPU."""


def main() -> None:
    site = _blocks_of(_compiled("requirements.txt"))
    torch = {name: block for name, block in site.items() if OF_TORCH.match(name)}
    dev = _blocks_of(_compiled("requirements-dev.txt", "--constraint", "requirements.txt"))
    dev = {name: block for name, block in dev.items() if name not in site}
    site = {name: block for name, block in site.items() if name not in torch}
    for file, what, blocks in (
        ("site.txt", "What the site and the trainer need besides torch.", site),
        ("torch.txt", "torch as PyPI has it, with what a build for GPUs needs.", torch),
        ("torch-cpu.txt", "A build of torch for CPUs alone.", {"torch": CPU_BUILD_OF_TORCH}),
        ("dev.txt", "What tests and checks need on top.", dev),
    ):
        head = f"# {what} Written by `make lock`; installed with --require-hashes --no-deps.\n"
        (LOCKED / file).write_text(head + "".join(blocks[name] for name in sorted(blocks)))


def _compiled(file: str, *options: str) -> str:
    """All packages that `file` leads to, pinned and hashed, for every platform."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "all.txt"
        uv = [sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--universal"]
        uv += ["--python-version", PYTHON_AT_LEAST, "--generate-hashes", "--no-annotate"]
        uv += ["--no-header", "--output-file", str(target), *options, file]
        subprocess.run(uv, cwd=ROOT, check=True)  # noqa: S603, our own command
        return target.read_text()


def _blocks_of(compiled: str) -> dict[str, str]:
    """By name, the lines that pin one package; a version for each Python where they differ."""
    by_name: dict[str, str] = {}
    for block in re.split(r"^(?=[A-Za-z0-9])", compiled, flags=re.MULTILINE):
        if block.strip():
            name = re.split(r"[=\[ ]", block, maxsplit=1)[0]
            by_name[name] = by_name.get(name, "") + block
    return by_name


if __name__ == "__main__":
    main()
