"""How good swaps become in so many minutes of training, held against the truth.

    python tests/bench/quality.py PAIR OUTPUT --models original dfl-h128 --minutes 2 \
        --examples 150000
    python tests/bench/quality.py PAIR OUTPUT --measure

PAIR holds a folder of pictures of each person, `gt/` with frames whose true swap is known, and
their landmarks as `landmarks_NAME.npz`. The first line trains and draws, where there is a GPU, at
the end and once so many examples are seen; the second measures what was drawn, where faces are
found. Nothing learns from `gt/`. Prints a table: distance to the person put in, as a share of what
no swap at all would have, and the rest.
"""

from __future__ import annotations

import argparse
import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
DRAWINGS, EARLY_DRAWINGS = "drawings", "drawings-early"
PATIENCE = 120
"""Seconds for a training to save after it was told to stop."""


def main() -> int:
    given = read_arguments()
    if given.measure:
        for folder in sorted(given.output.glob(f"*/{DRAWINGS}*")):
            early = ", early" if folder.name == EARLY_DRAWINGS else ""
            tell(folder.parent.name + early, measured(given.pair / "gt", folder))
        return 0
    for model in given.models:
        folder, truth = given.output / model, given.pair / "gt"
        train(given, model, folder / "run")
        draw(truth, folder / "run", folder / DRAWINGS)
        snapshots = sorted(folder.glob("run/checkpoints/snapshot-*.safetensors"))
        if given.examples and not snapshots:
            sys.stdout.write(f"{model} did not see {given.examples:,} examples in that time\n")
        elif given.examples:
            draw(truth, snapshots[0], folder / EARLY_DRAWINGS)
    return 0


def train(given: argparse.Namespace, model: str, run_dir: Path) -> None:
    """Train a new run for the minutes given, the time to compile not counted."""
    sides: list[str | Path] = []
    for side, name in zip("ab", given.names, strict=True):
        sides += [f"--{side}", given.pair / name]
        sides += [f"--landmarks-{side}", given.pair / f"landmarks_{name}.npz"]
    batch, settings = given.batch, [part for each in given.set for part in ("--set", each)]
    if given.examples:
        settings += ["--set", f"snapshot_every={round(given.examples / (2 * batch))}"]
    run("new_run", run_dir, *sides, "--model", model, "--batch-size", batch, *settings)
    trainer = start("train", run_dir, stderr=subprocess.PIPE)
    assert trainer.stderr is not None
    line = b""
    while not line.startswith(b"step "):
        line = trainer.stderr.readline()
        if not line:
            sys.exit(f"{model} did not train; it ended with {trainer.wait()}")
    try:
        trainer.communicate(timeout=60 * given.minutes)
    except subprocess.TimeoutExpired:
        trainer.send_signal(signal.SIGTERM)
        trainer.communicate(timeout=PATIENCE)
    losses = [event for event in events(run_dir) if event["event"] == "loss"]
    last = losses[-1]
    sys.stdout.write(
        f"{model}: {last['step']:,} steps of {batch}, {2 * batch * last['step']:,} examples, "
        f"loss A {last['a']:.4f}, loss B {last['b']:.4f}\n"
    )
    sys.stdout.flush()


def draw(truth: Path, checkpoint: Path, folder: Path) -> None:
    run("evaluate", "--checkpoint", checkpoint, "--truth", truth, "--draw-only", "--output", folder)


def measured(truth: Path, folder: Path) -> dict[str, Any]:
    report = folder.with_name(folder.name.replace(DRAWINGS, "report"))
    output = run("evaluate", "--measure", folder, "--truth", truth, "--output", report)
    summary: dict[str, Any] = json.loads(output)
    return summary


def tell(model: str, summary: dict[str, Any]) -> None:
    for side, figures in summary["into"].items():
        swap, none = figures["swap"], figures["no_swap"]["identity"]
        # None where no face was found in what was drawn.
        share = None if swap["identity"] is None else swap["identity"] / none
        cells = [
            f"{shown(share, 2)} (at best {figures['at_best']['identity'] / none:.2f})",
            shown(swap["identity"], 3),
            shown(swap["ssim"], 3),
            shown(swap["psnr"], 1),
            shown(swap["landmarks"], 4),
        ]
        sys.stdout.write(f"| `{model}` into {side} | {' | '.join(cells)} |\n")


def shown(figure: float | None, digits: int) -> str:
    return "no face" if figure is None else f"{figure:.{digits}f}"


def events(run_dir: Path) -> list[dict[str, Any]]:
    lines = (run_dir / "events.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


def run(program: str, *arguments: object) -> str:
    """A program of the engine, to its end; gives what it printed."""
    command = [sys.executable, "-m", f"training.engine.{program}", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout


def start(program: str, *arguments: object, **options: Any) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", f"training.engine.{program}", *map(str, arguments)]
    return subprocess.Popen(command, cwd=ROOT, **options)


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("pair", type=Path)
    parser.add_argument("output", type=Path, help="a folder of each model: run, drawings, report")
    parser.add_argument("--names", nargs=2, default=["ada", "bob"], metavar=("A", "B"))
    parser.add_argument("--models", nargs="+", default=["original"])
    parser.add_argument("--minutes", type=float, default=2)
    parser.add_argument("--examples", type=int, help="draw once more after about so many")
    parser.add_argument("--batch", type=int, default=64, help="faces of each person per step")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE")
    parser.add_argument("--measure", action="store_true", help="measure what was drawn before")
    given = parser.parse_args()
    given.pair, given.output = given.pair.resolve(), given.output.resolve()
    return given


if __name__ == "__main__":
    sys.exit(main())
