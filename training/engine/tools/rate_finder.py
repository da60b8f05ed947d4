"""Learning-rate finder: `python -m training.engine.tools.rate_finder RUN_DIR`.

A range test: it trains at a learning rate that rises from step to step until the loss diverges
(L. Smith, "Cyclical Learning Rates for Training Neural Networks", 2015), from the run's last
checkpoint or from new weights. Nothing is saved. Prints the result as JSON to stdout and a
suggestion to stderr. Exit code 0; 2 for invalid input; 1 for any other error.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import tempfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import fmean, stdev

import torch

from training.engine.compute.distributed import plan_context, process_group
from training.engine.errors import (
    FAILURES,
    BadInput,
    OutOfMemory,
    RateNotFound,
    Stopped,
)
from training.engine.run.commands import Requests
from training.engine.run.events import EVENTS_FILE, Reporter, say
from training.engine.run.lock import only_trainer
from training.engine.train.preparing import open_run, prepare_faces, read_run
from training.engine.train.session import Session

LOWEST, HIGHEST, STEPS = 1e-7, 1e-1, 200
FEWEST_STEPS = 20
SMOOTHING = 0.9
"""Decay of the exponential moving average of the loss."""
DIVERGED = 1.25
"""The loss has diverged when its moving average exceeds its minimum by this factor."""
FIRST = 10
"""Number of first losses, at rates too low to learn, that give the initial loss and its spread."""
FLAT = 0.98
"""Threshold: the loss must fall below this share of its initial value."""
SPREADS = 2
"""Threshold: and by this many standard deviations of the first losses."""
MARGIN = 10
"""The suggested rate is the one of the lowest loss divided by this."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RateSuggestion:
    """Result of the range test."""

    suggested: float
    least_at: float
    """The rate at which the moving average of the loss was lowest."""
    diverged_at: float | None
    """The rate at which it diverged; None if it never did."""
    rates: list[float]
    losses: list[float]
    """Loss A plus loss B at each of them, as long as it was finite."""


def main(arguments: list[str] | None = None) -> int:
    given = _parser().parse_args(arguments)
    try:
        with only_trainer(given.run_dir), tempfile.TemporaryDirectory() as folder:
            suggestion = find(
                given.run_dir,
                Path(folder),
                rates=rising(given.lowest, given.highest, given.steps),
            )
    except FAILURES as refusal:
        say(refusal.message)
        return refusal.exit_code
    except Stopped:
        say("Stopped.")
        return 1
    print(json.dumps(asdict(suggestion), allow_nan=False))  # noqa: T201, for programs
    say(_in_words(suggestion, given.run_dir))
    return 0


def rising(lowest: float, highest: float, steps: int) -> list[float]:
    """Learning rates from `lowest` to `highest`, spaced geometrically.

    Raises BadInput.
    """
    if not (0 < lowest < highest <= 1) or steps < FEWEST_STEPS:
        raise BadInput(
            f"The rates must rise between 0 and 1 in at least {FEWEST_STEPS} steps; "
            f"not from {lowest:g} to {highest:g} in {steps}."
        )
    growth = (highest / lowest) ** (1 / (steps - 1))
    return [lowest * growth**step for step in range(steps)]


def find(run_dir: Path, scratch: Path, *, rates: Sequence[float]) -> RateSuggestion:
    """Train the run in `run_dir` at rising rates, saving nothing; `scratch` is for its events.

    Raises any EngineError; RateNotFound when the loss did not fall at any rate.
    """
    run = read_run(run_dir)
    context = plan_context(run.config)
    if context.size > 1:
        raise BadInput("The rate finder runs in one process; start it without torchrun.")
    requests = Requests(None)
    with closing(Reporter(scratch / EVENTS_FILE)) as reporter, requests.listening():
        prepare_faces(run, reporter, requests)
        with process_group(context):
            apart = replace(run, run_dir=scratch, config=run.config.changed(warmup_steps=0))
            session = open_run(apart, context=context, reporter=reporter, requests=requests)
            with closing(session):
                return judged(rates, losses_at(session, rates))


def losses_at(session: Session, rates: Sequence[float]) -> list[float]:
    """Loss A plus loss B of one step at each rate, until the loss diverges."""
    losses: list[float] = []
    for step, rate in enumerate(rates, start=1):
        session.config = session.config.changed(learning_rate=rate)
        try:
            losses.append(float(session.step(step).sum()))
        except torch.OutOfMemoryError:
            raise OutOfMemory(
                f"GPU out of memory with a batch_size of {session.config.batch_size}; "
                "choose a smaller one."
            ) from None
        if session.requests.stop_requested():
            raise Stopped
        if _diverged_at(smoothed(losses)) is not None:
            break
    return losses


def smoothed(losses: Sequence[float]) -> list[float]:
    """Exponential moving average of the losses, bias-corrected."""
    mean, means = 0.0, []
    for count, loss in enumerate(losses, start=1):
        mean = SMOOTHING * mean + (1 - SMOOTHING) * loss
        means.append(mean / (1 - SMOOTHING**count))
    return means


def judged(rates: Sequence[float], losses: Sequence[float]) -> RateSuggestion:
    """The suggestion from the losses at rising rates.

    Raises RateNotFound when they did not fall clearly at any rate.
    """
    means = smoothed(losses)
    diverged = _diverged_at(means)
    kept = means[:diverged]
    least = min(range(FIRST, len(kept)), key=lambda place: kept[place], default=None)
    if least is None or kept[least] > _fallen_below(losses[:FIRST]):
        raise RateNotFound(
            f"The loss did not fall clearly at any rate from {rates[0]:g} to "
            f"{rates[len(losses) - 1]:g}. For a run that has trained long, keep its "
            "rate. Otherwise try more --steps, another range, or check the run's other settings.",
        )
    finite = [loss for loss in losses if math.isfinite(loss)]
    return RateSuggestion(
        suggested=float(f"{rates[least] / MARGIN:.1e}"),
        least_at=rates[least],
        diverged_at=None if diverged is None else rates[diverged],
        rates=list(rates[: len(finite)]),
        losses=finite,
    )


def _fallen_below(first: Sequence[float]) -> float:
    """The threshold below which the moving average has fallen clearly."""
    mean = fmean(first)
    return min(FLAT * mean, mean - SPREADS * stdev(first))


def _diverged_at(means: Sequence[float]) -> int | None:
    """The index at which the moving average has diverged; None if it has not."""
    least = math.inf
    for place, mean in enumerate(means):
        if not math.isfinite(mean) or mean > DIVERGED * least:
            return place
        # The average of a few losses may be low by chance.
        least = min(least, mean) if place >= FIRST - 1 else math.inf
    return None


def _in_words(suggestion: RateSuggestion, run_dir: Path) -> str:
    end = "it did not diverge"
    if suggestion.diverged_at is not None:
        end = f"it diverged at {suggestion.diverged_at:.1e}"
    return (
        f"The loss was lowest at a learning rate of {suggestion.least_at:.1e}; {end}. A tenth of "
        f"that is safe: python -m training.engine.run.commands {run_dir} set "
        f"learning_rate={suggestion.suggested:g}"
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="training.engine.tools.rate_finder",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("run_dir", type=Path, help="run folder, with config.json, a/ and b/")
    parser.add_argument(
        "--lowest", type=float, default=LOWEST, help=f"lowest learning rate (default: {LOWEST:g})"
    )
    parser.add_argument(
        "--highest",
        type=float,
        default=HIGHEST,
        help=f"highest learning rate (default: {HIGHEST:g})",
    )
    parser.add_argument(
        "--steps", type=int, default=STEPS, help=f"number of steps (default: {STEPS})"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
