"""Have many pictures looked at side by side: by processes of this machine, or by a Ray cluster.

What is spread are keys of analyses. Whoever gets one claims its row, as a worker of the queue does,
so that it makes no difference who does the work, nor who is killed meanwhile. Nothing of Django is
read in before it is set up: a process of a cluster begins with this module.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PASSED_ON = ("DJANGO_SETTINGS_MODULE", "DATA_DIR", "DATABASE_URL", "SECRET_KEY")
"""Variables that a process of a cluster needs; those of the bucket come beside them."""
OF_BUCKET = ("S3_", "AWS_")

Keys = list[int]
Spread = Callable[[Iterable[Keys]], Iterator[int]]
"""Looks at all pictures of all portions, and gives the number of each portion that is done."""


def look_at_some(keys: Keys) -> int:
    """Do the analyses with these keys, but those that are done or in other hands; how many keys."""
    import django  # noqa: PLC0415, this may be the first that the process reads in

    django.setup()
    from django.db import close_old_connections  # noqa: PLC0415

    from curation.analysis.analyse_image import analyse_image  # noqa: PLC0415

    for key in keys:
        close_old_connections()
        analyse_image(analysis_id=key)
    return len(keys)


def on_this_machine(portions: Iterable[Keys], *, workers: int) -> Iterator[int]:
    """Spread the portions over so many processes. A process that dies ends all of it."""
    spawn = get_context("spawn")
    with ProcessPoolExecutor(workers, spawn, initializer=_end_with_parent) as pool:
        left = iter(portions)
        under_way = {pool.submit(look_at_some, keys) for keys in islice(left, 2 * workers)}
        while under_way:
            done, under_way = wait(under_way, return_when=FIRST_COMPLETED)
            for each in done:
                yield each.result()
            under_way |= {pool.submit(look_at_some, keys) for keys in islice(left, len(done))}


def on_ray(portions: Iterable[Keys], *, address: str) -> Iterator[int]:
    """Spread the portions over the cluster at `address`, a task each; it takes one core for each.

    Its machines have this checkout under the same path and reach the same database and pictures.
    Raises ModuleNotFoundError without Ray; and what Ray raises when it cannot be reached.
    """
    import ray  # noqa: PLC0415, an extra that few have

    variables = {name: value for name, value in os.environ.items() if _is_passed_on(name)}
    ray.init(
        address=address,
        runtime_env={"env_vars": {**variables, "PYTHONPATH": str(ROOT)}},
        log_to_driver=False,
    )
    try:
        # A process that was killed has only lost its lease: its portion is begun anew elsewhere.
        look: Any = ray.remote(num_cpus=1, max_retries=3)(look_at_some)
        resources: dict[str, float] = ray.cluster_resources()  # type: ignore[no-untyped-call]
        most = 2 * max(int(resources.get("CPU", 1)), 1)
        left = iter(portions)
        under_way = [look.remote(keys) for keys in islice(left, most)]
        while under_way:
            done, under_way = ray.wait(under_way)
            yield from ray.get(done)
            under_way += [look.remote(keys) for keys in islice(left, len(done))]
    finally:
        ray.shutdown()


def _end_with_parent() -> None:
    """Let no process of ours outlive the command, should that be killed: it would wait for ever."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _is_passed_on(name: str) -> bool:
    return name in PASSED_ON or name.startswith(OF_BUCKET)
