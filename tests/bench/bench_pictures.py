"""What a picture costs: a grid of 60 as a browser asks for it, first whole and then once more.

    python tests/bench/bench_pictures.py

Prints, on SQLite and on PostgreSQL, the processor time and the queries of one picture of the grid:
sent whole, and when the browser has it already (304). Fails when one takes a query or more than
BUDGET_MS. Pictures are asked in this process, without a server: what they take is theirs alone.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.bench.databases import on_both

ROOT = Path(__file__).resolve().parents[2]
BUDGET_MS = 1.0
NUM_BYTES = 14_000
"""Of a small copy, as measured on the demo."""
IMAGES = "/projects/scale/subjects/scale-1/images/"


def main() -> None:
    sys.exit(0 if on_both(on) else 1)


def on(name: str, url: str) -> bool:
    """Measure in a process of its own; whether the budget is met."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "static").mkdir()  # whitenoise warns of a missing one
        environment = os.environ | {"DATA_DIR": folder, "DATABASE_URL": url}
        command = [sys.executable, __file__, "--within", name]
        return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode == 0


def measure(name: str) -> bool:
    import django  # noqa: PLC0415, the environment names the site

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.core.management import call_command  # noqa: PLC0415, after setup
    from django.test import Client  # noqa: PLC0415

    from curation import store  # noqa: PLC0415
    from curation.images.models import Image  # noqa: PLC0415
    from curation.projects.models import User  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    call_command("make_scale_data", images=100, stdout=sys.stderr)
    for image in Image.objects.all():
        store.put_derived(image.sha256, "thumb.webp", os.urandom(NUM_BYTES))
    client = Client(headers={"host": "localhost"})
    client.force_login(User.objects.get(username="scale-admin"))
    page = client.get(IMAGES).content.decode()
    grid = re.findall(r'src="([^"]+thumb\.webp)"', page)
    whole = _cost(client, grid, {})
    known = _cost(client, grid, {url: client.get(url)["ETag"] for url in grid})
    print(f"{name}, a grid of {len(grid)}; for one picture:")
    for what, (ms, queries) in {"sent whole": whole, "unchanged (304)": known}.items():
        print(f"  {what:16} {ms:6.2f} ms of processor time, {queries:.1f} queries")
    return all(ms <= BUDGET_MS and queries < 1 for ms, queries in (whole, known))


def _cost(client: Any, grid: list[str], etags: dict[str, str]) -> tuple[float, float]:
    """Milliseconds and queries of one picture: of ten rounds through the grid, the middle one."""
    from django.db import connection  # noqa: PLC0415, after setup
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    rounds = []
    for _ in range(10):
        began = time.process_time()
        for url in grid:
            headers = {"If-None-Match": etags[url]} if etags else {}
            answer = client.get(url, headers=headers)
            assert answer.status_code == (304 if etags else 200), answer.status_code
        rounds.append((time.process_time() - began) / len(grid) * 1000)
    with CaptureQueriesContext(connection) as queries:
        for url in grid:
            client.get(url)
    return sorted(rounds)[len(rounds) // 2], len(queries) / len(grid)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--within"]:
        sys.exit(0 if measure(sys.argv[2]) else 1)
    main()
