"""How much faster several GPUs train than one: `training.engine.tools.bench` on one, then on all.

    python tests/bench/scaling.py original:512 dfl-h128:128 dlight-256:64 saehd-liae-ud-256:64

Each model comes with the faces of a person that each GPU gets per step. As many models train alone
at a time as there are GPUs, each on its own, so that no GPU is spared in either measurement. Prints
a row for each model, and with `--profile` where each one's time goes on all.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

import torch

ROOT = Path(__file__).resolve().parents[2]
HEAD = (
    "| model, batch of each | one, examples/s | {gpus} | ratio | data path | memory of each |\n"
    "| --- | --- | --- | --- | --- | --- |\n"
)


@dataclass(frozen=True, slots=True)
class Case:
    """A model, and the faces of a person that each process gets per step."""

    model: str
    batch: int

    @classmethod
    def read(cls, given: str) -> Case:
        model, colon, batch = given.partition(":")
        if not (colon and batch.isdecimal()):
            raise argparse.ArgumentTypeError("name a model and a batch, as in dfl-h128:128")
        return cls(model, int(batch))


def main() -> int:
    given = read_arguments()
    steps = ["--steps", str(given.steps), "--device", given.device]
    alone = all_alone(given.cases, steps, num_gpus=given.gpus)
    sys.stdout.write(HEAD.format(gpus=given.gpus))
    profiles = []
    for case, one in zip(given.cases, alone, strict=True):
        more = [*steps, "--profile"] if given.profile else steps
        profile = bench(case, more, processes=given.gpus)
        profiles.append(profile)
        sys.stdout.write(row(case, one, profile))
        sys.stdout.flush()
    if given.profile:
        sys.stdout.write("\n" + "\n".join(profiles))
    return 0


def all_alone(cases: list[Case], steps: list[str], *, num_gpus: int) -> list[str]:
    """What each model tells of itself on one GPU, in the order of `cases`."""
    free: SimpleQueue[str] = SimpleQueue()
    for gpu in range(num_gpus):
        free.put(str(gpu))

    def on_a_free_one(case: Case) -> str:
        gpu = free.get()
        try:
            return bench(case, steps, processes=1, gpus=gpu)
        finally:
            free.put(gpu)

    with ThreadPoolExecutor(num_gpus) as workers:
        return list(workers.map(on_a_free_one, cases))


def bench(case: Case, given: list[str], *, processes: int, gpus: str | None = None) -> str:
    """What `training.engine.tools.bench` tells."""
    together = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", str(processes)]
    model = ["--model", case.model, "--batch", str(case.batch)]
    environment = dict(os.environ) if gpus is None else {**os.environ, "CUDA_VISIBLE_DEVICES": gpus}
    done = subprocess.run(
        [sys.executable, *together, "-m", "training.engine.tools.bench", *model, *given],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"{case.model} on {processes} ended so:\n{done.stderr[-3000:]}")
    return done.stdout


def row(case: Case, alone: str, together: str) -> str:
    speed = r"([\d,.]+) examples/s in training"
    one, more = number(speed, alone), number(speed, together)
    path = number(r"the data pipeline reaches ([\d.]+)%", together)
    memory = re.search(r"([\d.]+ GiB) peak ", together)
    return (
        f"| `{case.model}`, {case.batch} | {one:,.0f} | {more:,.0f} | {more / one:.2f} × | "
        f"{path:.1f} % | {memory[1] if memory else '–'} |\n"
    )


def number(pattern: str, output: str) -> float:
    match = re.search(pattern, output)
    if match is None:
        sys.exit(f"the bench did not tell what was expected:\n{output}")
    return float(match[1].replace(",", ""))


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("cases", nargs="+", type=Case.read, metavar="MODEL:BATCH")
    parser.add_argument("--gpus", type=int, default=max(torch.cuda.device_count(), 2))
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--device", choices=("cuda", "cpu"), default="cuda")
    parser.add_argument("--profile", action="store_true", help="tell where the time goes on all")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
