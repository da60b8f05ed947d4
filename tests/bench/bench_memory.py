"""How much memory a worker holds while it looks at 2,000 pictures.

Prints the resident memory of the command and of all that it has started at every tenth of the way;
ends with 1 when the last is more than 10 %, and 20 MB, above the third.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.stories.real_site import RealSite

MANY_PICTURES = """
from io import BytesIO
from pathlib import Path
from PIL import Image as Picture
from curation import store
from curation.images.models import Image
from curation.subjects.models import Subject
ada = Subject.objects.get()
sources = sorted(Path("demo/pair").rglob("*.jpg"))
for number in range(1, {num} + 1):
    picture = Picture.open(sources[number % len(sources)]).convert("RGB")
    picture.putpixel((0, 0), (number % 256, number // 256, 0))
    out = BytesIO()
    picture.save(out, "JPEG", quality=90)
    digest = store.put(out.getvalue())
    Image.objects.create(
        subject=ada, number=number, name="a.jpg", sha256=digest, size_bytes=len(out.getvalue()),
        width=picture.width, height=picture.height, bare_sha256=digest, format="JPEG",
        bare_size_bytes=len(out.getvalue()), bare_format="JPEG",
    )
ada.last_number = {num}
ada.save()
"""


def megabytes(pid: int) -> float:
    """Resident memory of a process and of all that it has started."""
    family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    total = 0
    for process in family:
        try:
            total += process.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return total / 2**20


def watch(pid: int, how_far: Callable[[], float]) -> list[float]:
    """The memory at each tenth of the way."""
    marks: list[float] = []
    while len(marks) < 10:
        if how_far() * 10 >= len(marks) + 1:
            marks.append(megabytes(pid))
            print(f"  {10 * len(marks):3d} %  {marks[-1]:7.0f} MB", flush=True)
        time.sleep(0.2)
    return marks


def is_flat(marks: list[float]) -> bool:
    """The first tenths read in models and fill caches."""
    return marks[-1] <= max(1.1 * marks[2], marks[2] + 20)


def looking(site: RealSite, num: int) -> bool:
    site.python(MANY_PICTURES.format(num=num))
    print(f"A worker looks at {num} pictures:")
    command = site.start("analyse", "--workers", "1")

    def how_far() -> float:
        done = site.one("select count(*) from analysis_analysis where state in ('done', 'failed')")
        return float(done) / num

    marks = watch(command.pid, how_far)
    command.wait(60)
    return is_flat(marks)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=2000)
    given = parser.parse_args()
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory() as folder:
        flat = looking(RealSite(Path(folder) / "var"), given.pictures)
    print("flat" if flat else "it grows")
    return 0 if flat else 1


if __name__ == "__main__":
    sys.exit(main())
