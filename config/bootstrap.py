"""Makes the virtual environment that everything else runs in. Standard library only.

Debian splits `ensurepip` out of its Python, so that `python3 -m venv` fails on a fresh machine.
Then the environment is made without pip, and pip is run once from its own wheel.

    python3 config/bootstrap.py .venv
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
import urllib.request
import venv
from pathlib import Path

MINIMUM = (3, 11)
PIP_VERSION = "26.3"
PIP_INDEX = f"https://pypi.org/pypi/pip/{PIP_VERSION}/json"


def main() -> None:
    if sys.version_info < MINIMUM:
        have = ".".join(map(str, sys.version_info[:3]))
        sys.exit(f"Winnow needs Python 3.11 or newer; this is {have}. Try: make PYTHON=python3.12")
    target = Path(sys.argv[1])
    try:
        import ensurepip  # noqa: F401, PLC0415, its absence is the question
    except ImportError:
        print("No ensurepip here; fetching pip from PyPI …")
        venv.create(target, with_pip=False, clear=True)
        _install_pip(target / "bin" / "python")
    else:
        venv.create(target, with_pip=True, clear=True)


def _install_pip(python: Path) -> None:
    try:
        with urllib.request.urlopen(PIP_INDEX, timeout=30) as answer:
            files = json.load(answer)["urls"]
        wheel = next(file for file in files if file["filename"].endswith(".whl"))
        with urllib.request.urlopen(wheel["url"], timeout=120) as answer:
            data = answer.read()
    except OSError as error:
        sys.exit(f"pip cannot be fetched ({error}). Install Debian's python3-venv, then try again.")
    if hashlib.sha256(data).hexdigest() != wheel["digests"]["sha256"]:
        sys.exit("The pip that came over the network is not what PyPI says it is. Try again.")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / wheel["filename"]
        path.write_bytes(data)
        subprocess.run([python, path / "pip", "install", "--quiet", "--no-index", path], check=True)


if __name__ == "__main__":
    main()
