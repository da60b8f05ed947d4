"""The bench measures a real training and tells what came of it."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from tests.training.engine.run_folders import ROOT
from training.engine.models.registry import architecture_named
from training.engine.tools import bench
from training.engine.tools.kernels import print_kernels


def run_bench(*arguments: str, processes: int) -> subprocess.CompletedProcess[str]:
    together = ("torch.distributed.run", "--standalone", "--nproc-per-node", str(processes))
    command = [sys.executable, "-m", *together, "-m", "training.engine.tools.bench", *arguments]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=540
    )


def test_a_model_that_nobody_knows_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.main(["--model", "huge", "--device", "cpu"]) == 2
    assert "There is no model 'huge'" in capsys.readouterr().err


def test_a_small_model_is_measured(capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.main(["--model", "tiny", "--batch", "2", "--steps", "3", "--device", "cpu"]) == 0
    output = capsys.readouterr().out
    assert re.search(r"^tiny: 0\.0\d M parameters, batch 2 of each person, 1 process,", output)
    rates = re.findall(r"^([\d,.]+) examples/s", output, re.MULTILINE)
    assert len(rates) == 2
    assert all(float(rate.replace(",", "")) > 0 for rate in rates)
    (memory,) = re.findall(r"^([\d.]+) GiB peak process memory", output, re.MULTILINE)
    assert 0.1 < float(memory) < 20


def test_where_the_time_of_a_cpu_goes_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    given = ["--model", "tiny", "--batch", "2", "--steps", "2", "--device", "cpu", "--profile"]
    assert bench.main(given) == 0
    output = capsys.readouterr().out
    assert re.search(r"^[\d.]+ ms of CPU time a step of [\d.]+ ms:", output, re.MULTILINE)
    assert re.search(
        r"^ +[\d.]+ ms +[\d.]+% convolutions and matrix products", output, re.MULTILINE
    )
    assert re.search(r"^ +[\d.]+ ms +[\d.]+% optimizer", output, re.MULTILINE)
    assert "aten::convolution_backward" in output


@pytest.mark.parametrize(
    ("number", "shown"), [(21412.3, "21,412"), (99.84, "99.8"), (1.283, "1.28"), (0.0123, "0.0123")]
)
def test_a_slow_machine_is_told_as_exactly_as_a_quick_one(number: float, shown: str) -> None:
    assert bench.digits(number) == shown


def test_a_step_is_three_times_a_forward_pass() -> None:
    """Of 7.6 GFLOP, as was measured of the peers' model."""
    assert bench.flops(architecture_named("original")) / 1e9 == pytest.approx(22.8, rel=1e-2)


def test_kernels_are_told_by_what_they_are_for(capsys: pytest.CaptureFixture[str]) -> None:
    names = ("nvjet_hsh_128x256", "ncclDevKernel_AllReduce_Sum_bf16", "triton_poi_fused_add_3")
    kernels = [(time, 1, name) for time, name in zip((2.0, 1.5, 0.5), names, strict=True)]
    print_kernels(kernels, device="cuda", seconds=0.005)
    output = capsys.readouterr().out
    assert "4.00 ms of GPU time a step of 5.00 ms" in output
    assert "2.00 ms  50.0% convolutions and matrix products" in output
    assert "1.50 ms  37.5% communication" in output
    assert "0.50 ms  12.5% compiled" in output


@pytest.mark.slow
@pytest.mark.parametrize("processes", [1, 2])
def test_original_has_82_million_parameters(processes: int) -> None:
    arguments = ("--model", "original", "--batch", "1", "--steps", "1", "--device", "cpu")
    done = run_bench(*arguments, processes=processes)
    assert done.returncode == 0, done.stderr
    called = "1 process" if processes == 1 else "2 processes"
    summary = f"original: 82.06 M parameters, batch 1 of each person, {called}, CPU"
    assert summary in done.stdout
    assert "examples/s" in done.stdout
