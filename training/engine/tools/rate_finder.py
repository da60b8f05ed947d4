"""Finds a learning rate for a run: `python -m training.engine.tools.rate_finder RUN_DIR`.

It trains for a while with a rate that rises from step to step until the loss bursts (L. Smith,
"Cyclical Learning Rates for Training Neural Networks", 2015), from the run's last checkpoint or
from new weights. Nothing is saved; the run stays as it is. Prints what it saw as JSON and, beside
it, a line for people. Ends with 0, with 2 when something given to it is wrong, 1 otherwise.
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
"""Share of the running mean that stays each step: one batch's loss says little."""
BURST = 1.25
"""The loss has burst when its running mean is so many times the least it has been."""
FIRST = 10
"""So many first losses, at rates too small to teach, tell what the loss was before and by how much
it differs from batch to batch."""
FLAT = 0.98
"""A loss that never came below this share of the first ones taught nothing."""
SPREADS = 2
"""Nor did one that came lower by less than so many standard deviations of the first ones."""
MARGIN = 10
"""The rate is to be so many times smaller than the one at which the loss was least."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RateSuggestion:
    """What the rising rate showed."""

    suggested: float
    least_at: float
    """The rate at which the running mean of the loss was least."""
    burst_at: float | None
    """The rate at which it burst; None when it never did."""
    rates: list[float]
    losses: list[float]
    """Loss A plus loss B at each of them, as long as it was a finite number."""


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
    """Learning rates from `lowest` to `highest`, each the same share larger than the last.

    Raises BadInput.
    """
    if not (0 < lowest < highest <= 1) or steps < FEWEST_STEPS:
        raise BadInput(
            f"The rates must rise, within 0 and 1, in at least {FEWEST_STEPS} steps; "
            f"not from {lowest:g} to {highest:g} in {steps}."
        )
    growth = (highest / lowest) ** (1 / (steps - 1))
    return [lowest * growth**step for step in range(steps)]


def find(run_dir: Path, scratch: Path, *, rates: Sequence[float]) -> RateSuggestion:
    """Train the run in `run_dir` at rising rates, keeping nothing; `scratch` is for its events.

    Raises any EngineError; RateNotFound when the loss did not fall at any rate.
    """
    run = read_run(run_dir)
    context = plan_context(run.config)
    if context.size > 1:
        raise BadInput("Finding a rate is work for one process; start it without torchrun.")
    requests = Requests(None)
    with closing(Reporter(scratch / EVENTS_FILE)) as reporter, requests.listening():
        prepare_faces(run, reporter, requests)
        with process_group(context):
            apart = replace(run, run_dir=scratch, config=run.config.changed(warmup_steps=0))
            session = open_run(apart, context=context, reporter=reporter, requests=requests)
            with closing(session):
                return judged(rates, losses_at(session, rates))


def losses_at(session: Session, rates: Sequence[float]) -> list[float]:
    """Loss A plus loss B of one step at each rate, ending early once the loss has burst."""
    losses: list[float] = []
    for step, rate in enumerate(rates, start=1):
        session.config = session.config.changed(learning_rate=rate)
        try:
            losses.append(float(session.step(step).sum()))
        except torch.OutOfMemoryError:
            raise OutOfMemory(
                f"The GPU's memory is too small for a batch_size of {session.config.batch_size}; "
                "take a smaller one."
            ) from None
        if session.requests.stop_requested():
            raise Stopped
        if _burst_at(smoothed(losses)) is not None:
            break
    return losses


def smoothed(losses: Sequence[float]) -> list[float]:
    """The running mean of the losses so far, without the pull of where it began."""
    mean, means = 0.0, []
    for count, loss in enumerate(losses, start=1):
        mean = SMOOTHING * mean + (1 - SMOOTHING) * loss
        means.append(mean / (1 - SMOOTHING**count))
    return means


def judged(rates: Sequence[float], losses: Sequence[float]) -> RateSuggestion:
    """What losses at rising rates say.

    Raises RateNotFound when they fell at none of them by more than they differ anyway.
    """
    means = smoothed(losses)
    burst = _burst_at(means)
    kept = means[:burst]
    least = min(range(FIRST, len(kept)), key=lambda place: kept[place], default=None)
    if least is None or kept[least] > _fallen_below(losses[:FIRST]):
        raise RateNotFound(
            f"The loss did not fall clearly at any rate from {rates[0]:g} to "
            f"{rates[len(losses) - 1]:g}. A run that has learnt for long may not show any: keep "
            "its rate. Else try more --steps, other rates, or look at the run's other settings.",
        )
    finite = [loss for loss in losses if math.isfinite(loss)]
    return RateSuggestion(
        suggested=float(f"{rates[least] / MARGIN:.1e}"),
        least_at=rates[least],
        burst_at=None if burst is None else rates[burst],
        rates=list(rates[: len(finite)]),
        losses=finite,
    )


def _fallen_below(first: Sequence[float]) -> float:
    """A loss below this has fallen; chance alone hardly ever brings a running mean so far down."""
    mean = fmean(first)
    return min(FLAT * mean, mean - SPREADS * stdev(first))


def _burst_at(means: Sequence[float]) -> int | None:
    """At which place the running mean has burst; None while it has not."""
    least = math.inf
    for place, mean in enumerate(means):
        if not math.isfinite(mean) or mean > BURST * least:
            return place
        # The mean of a few losses may be small by chance.
        least = min(least, mean) if place >= FIRST - 1 else math.inf
    return None


def _in_words(suggestion: RateSuggestion, run_dir: Path) -> str:
    end = "it did not diverge"
    if suggestion.burst_at is not None:
        end = f"it diverged at {suggestion.burst_at:.1e}"
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
    parser.add_argument("run_dir", type=Path, help="folder with config.json, a/ and b/")
    parser.add_argument("--lowest", type=float, default=LOWEST, help=f"first rate, {LOWEST:g}")
    parser.add_argument("--highest", type=float, default=HIGHEST, help=f"last rate, {HIGHEST:g}")
    parser.add_argument("--steps", type=int, default=STEPS, help=f"rates to try, {STEPS}")
    return parser


if __name__ == "__main__":
    sys.exit(main())
