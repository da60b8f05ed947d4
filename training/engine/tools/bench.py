"""Benchmarks the training speed of a model on this machine.

`python -m training.engine.tools.bench --model dfl-h128 --batch 64`. It trains with
augmentation, events and previews on synthetic noise in a temporary folder, then again on one
repeated batch; the difference is the cost of the data pipeline.
"""

from __future__ import annotations

import argparse
import math
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.utils.flop_counter import FlopCounterMode

from curation.vision.alignment import MEAN_FACE
from training.engine.compute.distributed import num_processes, plan_context, process_group
from training.engine.compute.memory import most_memory
from training.engine.data.faces import FaceSet, stored_size
from training.engine.data.loader import TrainingBatch
from training.engine.errors import FAILURES
from training.engine.models.face_model import Architecture, count_parameters
from training.engine.models.registry import architecture_named, architecture_names
from training.engine.run.commands import Requests
from training.engine.run.config import RunConfig, SideConfig
from training.engine.run.events import EVENTS_FILE, Reporter, read_events, say
from training.engine.run.settings import settings_of
from training.engine.tools.kernels import print_kernels, profile_kernels
from training.engine.train.loop import EARLY_STEPS, run_steps
from training.engine.train.session import Session, open_session
from training.engine.train.step import train_step

WARM_STEPS = EARLY_STEPS
"""Warm-up steps, not timed: compilation and kernel selection."""
PEAKS = {"H100": 989.4, "H200": 989.4, "A100": 312.0, "4090": 165.2, "3090": 71.0}
"""Dense bf16 TFLOP/s by the data sheets."""
SIDE = SideConfig(folder="a", manifest_sha256="0" * 64)


@dataclass(frozen=True, kw_only=True, slots=True)
class Speed:
    """Results of the benchmark."""

    examples_per_second: float
    """In training, over all processes."""
    repeated_per_second: float
    """With one repeated batch."""
    memory: int
    """Peak GPU memory in bytes, or of this process on a CPU."""
    step_flops: float
    """Floating-point operations per step and process."""
    device: str
    processes: int


def main(arguments: list[str] | None = None) -> int:
    given = read_arguments(arguments)
    try:
        with tempfile.TemporaryDirectory(prefix="winnow-bench-") as folder:
            measure_and_report(given, Path(folder))
    except FAILURES as refusal:
        say(refusal.message)
        return refusal.exit_code
    except torch.OutOfMemoryError:
        say(f"GPU out of memory with a batch of {given.batch}; choose a smaller one.")
        return 1
    return 0


def read_arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="training.engine.tools.bench", description=__doc__)
    parser.add_argument("--model", required=True, help=", ".join(architecture_names()))
    parser.add_argument(
        "--batch",
        type=int,
        default=64,
        help="batch size per person and process (default: %(default)s)",
    )
    parser.add_argument("--steps", type=int, default=100, help="timed steps (default: %(default)s)")
    parser.add_argument(
        "--faces", type=int, default=500, help="synthetic faces per person (default: %(default)s)"
    )
    for name in ("device", "precision"):
        known = settings_of(RunConfig)[name]
        parser.add_argument(f"--{name}", choices=known.choices, default=known.default)
    parser.add_argument("--no-compile", action="store_true", help="do not use torch.compile")
    parser.add_argument("--profile", action="store_true", help="print the time per kernel")
    return parser.parse_args(arguments)


def measure_and_report(given: argparse.Namespace, folder: Path) -> None:
    architecture = architecture_named(given.model)
    config = RunConfig(
        a=SIDE,
        b=SIDE.changed(folder="b"),
        model=given.model,
        steps=WARM_STEPS + given.steps,
        batch_size=given.batch * num_processes(),
        device=given.device,
        precision=given.precision,
        compile=False if given.no_compile else "auto",
    )
    context = plan_context(config)
    events = folder / EVENTS_FILE if context.is_main else None
    faces = noise_faces(architecture, config, given.faces)
    with process_group(context), closing(Reporter(events)) as reporter:
        session = open_session(
            folder,
            config,
            architecture=architecture,
            context=context,
            faces=(faces, faces),
            saved=None,
            reporter=reporter,
            requests=Requests(None),
        )
        # Checkpoints would be timed too, and the folder is temporary.
        session.saver = None
        with closing(session):
            run_steps(session, first_step=0)
            measured = measure(session, folder, steps=given.steps)
            kernels = profile_kernels(session) if given.profile else []
        # After the reports of the closing session.
        if context.is_main:
            print_speed(session, measured)
        if context.is_main and given.profile:
            seconds = 2 * config.batch_size / measured.examples_per_second
            print_kernels(kernels, device=context.device.type, seconds=seconds)


def measure(session: Session, folder: Path, *, steps: int) -> Speed:
    """The speed of a session that has just trained; every process must call it."""
    config, context = session.config, session.context
    on_gpu = context.device.type == "cuda"
    return Speed(
        examples_per_second=in_training(folder, config) if context.is_main else math.nan,
        repeated_per_second=on_one_batch(session, steps=steps),
        memory=most_memory(context.device),
        step_flops=flops(architecture_named(config.model)) * config.batch_size / context.size,
        device=torch.cuda.get_device_name() if on_gpu else "CPU",
        processes=context.size,
    )


def in_training(folder: Path, config: RunConfig) -> float:
    """Examples per second after warm-up, previews and events included."""
    events, _ = read_events(folder / EVENTS_FILE)
    losses = [event for event in events if event["event"] == "loss"]
    first = next(event for event in losses if event["step"] >= WARM_STEPS)
    seconds = (moment(losses[-1]) - moment(first)).total_seconds()
    return float(2 * config.batch_size * (losses[-1]["step"] - first["step"]) / seconds)


def moment(event: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(event["at"])


def on_one_batch(session: Session, *, steps: int) -> float:
    """Examples per second on one repeated batch."""
    batch = session.loader.next()
    for _ in range(3):
        step_on(session, batch)
    wait_for(session)
    since = time.monotonic()
    for _ in range(steps):
        step_on(session, batch)
    wait_for(session)
    return float(2 * session.config.batch_size * steps / (time.monotonic() - since))


def step_on(session: Session, batch: TrainingBatch) -> None:
    train_step(
        session.loss_module,
        session.optimizer,
        batch,
        parameters=session.model.parameters(),
        clip_norm=session.config.clip_norm,
        all_reduce=session.all_reduce,
    )


def wait_for(session: Session) -> None:
    if session.context.device.type == "cuda":
        torch.cuda.synchronize()


def flops(architecture: Architecture) -> float:
    """FLOP to train on one face of each person: forward, and twice that backward."""
    with torch.device("meta"):
        model = architecture.build()
        faces = torch.empty(1, 3, architecture.input_size, architecture.input_size)
        with FlopCounterMode(display=False) as counter:
            model(faces, faces)
    return float(3 * counter.get_total_flops())


def matmul_peak(session: Session) -> float:
    """TFLOP/s of a large matrix product in the run's precision, on this device."""
    context = session.context
    side, times = (8192, 20) if context.device.type == "cuda" else (1024, 3)
    left, right = (
        torch.randn(side, side, device=context.device, dtype=context.precision) for _ in range(2)
    )
    left @ right
    wait_for(session)
    since = time.monotonic()
    for _ in range(times):
        left @ right
    wait_for(session)
    return float(2 * side**3 * times / (time.monotonic() - since) / 1e12)


def print_speed(session: Session, speed: Speed) -> None:
    config, context = session.config, session.context
    each = config.batch_size // context.size
    teraflops = speed.step_flops * speed.examples_per_second / (2 * config.batch_size) / 1e12
    reached = matmul_peak(session)
    sheet = next((peak for name, peak in PEAKS.items() if name in speed.device), None)
    precision = str(context.precision).removeprefix("torch.")
    processes = "1 process" if context.size == 1 else f"{context.size} processes"
    kind = "GPU memory" if context.device.type == "cuda" else "process memory"
    data_path = speed.examples_per_second / speed.repeated_per_second
    of_sheet = f", {teraflops / sheet:.1%} of the data sheet's {sheet:.0f}" if sheet else ""
    sys.stdout.write(
        f"{config.model}: {count_parameters(session.model) / 1e6:.2f} M parameters, batch {each} "
        f"of each person, {processes}, {speed.device}, {precision}\n"
        f"{digits(speed.examples_per_second)} examples/s in training\n"
        f"{digits(speed.repeated_per_second)} examples/s on one repeated batch; "
        f"the data pipeline reaches {data_path:.1%} of that\n"
        f"{digits(teraflops)} TFLOP/s per process: {teraflops / reached:.1%} of the "
        f"{digits(reached)} of a large matrix product here{of_sheet}\n"
        f"{speed.memory / 2**30:.2f} GiB peak {kind}\n"
    )
    sys.stdout.flush()


def digits(number: float) -> str:
    """A number with three significant digits, or all integer digits: 21,412; 0.0123."""
    return f"{number:,.0f}" if number >= 100 else f"{number:.3g}"


def noise_faces(architecture: Architecture, config: RunConfig, num_faces: int) -> FaceSet:
    """Synthetic faces: smooth noise, with the landmarks of the mean face."""
    side = stored_size(
        max(architecture.input_size, architecture.output_size),
        centring=config.centring,
        coverage=config.coverage,
    )
    random = np.random.default_rng(config.seed)
    coarse = random.integers(0, 256, (16, side // 8, side // 8, 6), dtype=np.uint8)
    few = coarse.repeat(8, axis=1).repeat(8, axis=2)
    pixels = few[[place % len(few) for place in range(num_faces)]]
    jaw = np.linspace((-0.1, 0.3), (1.1, 0.3), 17)
    landmarks = (np.concatenate([jaw, MEAN_FACE]) * 0.375 + 0.3) * side
    jitter = random.normal(0, side / 100, (num_faces, 68, 2))
    view = np.tile(np.array([0.0, 0.0, 0.75], np.float32), (num_faces, 1))
    return FaceSet(
        pixels=pixels,
        landmarks=(landmarks + jitter).astype(np.float32),
        views={"legacy": view, "face": view, "head": view},
        numbers=tuple(range(1, num_faces + 1)),
        num_skipped=0,
    )


if __name__ == "__main__":
    sys.exit(main())
