"""Measures a model's swaps against ground truth: `python -m training.engine.evaluate`.

    evaluate --checkpoint C --truth DIR                         draw and measure
    evaluate --checkpoint C --truth DIR --draw-only --output D  draw, where there is a GPU
    evaluate --measure D --truth DIR                            measure those, where faces are found

Prints the metrics as JSON to stdout and a summary to stderr. Exit code 0; 2 for invalid input; 1
for any other error.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from training.engine.checkpoints.checkpoint import read_checkpoint
from training.engine.data.finder import SiteFinder
from training.engine.errors import FAILURES, FinderMissing, TruthWrong
from training.engine.evaluate.draw import Drawings, draw, read_drawings, write_drawings
from training.engine.evaluate.truth import Truth, cases_in, names_of, open_truth
from training.engine.run.events import say
from training.engine.run.folder import SIDES, Side
from training.engine.run.output_place import make_folder


def main(arguments: list[str] | None = None) -> int:
    given = _parser().parse_args(arguments)
    try:
        evaluate(given)
    except FAILURES as refusal:
        say(refusal.message)
        return refusal.exit_code
    return 0


def evaluate(given: argparse.Namespace) -> None:
    """Draw or measure, as the arguments say. Raises any EngineError."""
    if given.draw_only and given.output is None:
        raise TruthWrong("--draw-only needs --output, the folder for the swaps.")
    if given.output is not None:
        make_folder(given.output)
    truth = open_truth(given.truth, finder=SiteFinder(), landmarks=given.landmarks)
    drawings = read_drawings(given.measure) if given.measure else _drawings(given, truth)
    if given.draw_only:
        write_drawings(given.output, drawings)
        say(f"{len(drawings.each)} swaps were written to {given.output}.")
        return
    _report(given, drawings, truth)


def _drawings(given: argparse.Namespace, truth: Truth) -> Drawings:
    checkpoint = read_checkpoint(given.checkpoint)
    names = given.names or names_of(checkpoint)
    sides: tuple[Side, ...] = SIDES if given.into == "both" else (given.into,)
    return draw(checkpoint, truth, cases_in(truth.folder, names, sides))


def _report(given: argparse.Namespace, drawings: Drawings, truth: Truth) -> None:
    try:
        # Imported here: a machine that only draws finds no faces.
        from training.engine.evaluate.measure import measure  # noqa: PLC0415
        from training.engine.evaluate.report import summary, words, write_report  # noqa: PLC0415
    except ImportError as error:
        raise FinderMissing(
            f"Measuring needs {error.name}, which is not installed. Draw with --draw-only, then "
            "measure on a machine that has it.",
            package=error.name,
        ) from error
    measured = measure(drawings, truth, align=given.align)
    evaluation = summary(drawings, measured, align=given.align)
    if given.output is not None:
        write_report(given.output, evaluation, measured)
    print(json.dumps(evaluation, ensure_ascii=False, indent=1))  # noqa: T201, for programs
    for line in words(evaluation):
        say(line)


def _names(value: str) -> tuple[str, str]:
    a, comma, b = value.partition(",")
    if not (a and comma and b):
        raise argparse.ArgumentTypeError("give both names, as in ada,bob")
    return a, b


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="training.engine.evaluate",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--checkpoint", type=Path, help="a .safetensors file, or a run folder")
    what.add_argument("--measure", type=Path, metavar="DIR", help="folder written by --draw-only")
    parser.add_argument(
        "--truth",
        type=Path,
        required=True,
        help="folder of source pictures and their ground-truth swaps",
    )
    parser.add_argument("--output", type=Path, help="folder for the swaps, or for the report")
    parser.add_argument("--into", choices=(*SIDES, "both"), default="both", help="side to swap in")
    parser.add_argument(
        "--draw-only", action="store_true", help="write the swaps without measuring them"
    )
    parser.add_argument(
        "--names", type=_names, metavar="A,B", help="names of sides a and b in the file names"
    )
    parser.add_argument(
        "--landmarks", type=Path, metavar="FILE.npz", help="known landmarks of the pictures"
    )
    parser.add_argument(
        "--align",
        choices=("own", "source"),
        default="own",
        help="landmarks to align the truth by: its own, as in training, or the source's, as a "
        "viewer would see the swap (default: %(default)s)",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
