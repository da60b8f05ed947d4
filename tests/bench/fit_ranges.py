"""Measure how far the numbers in the quantised networks reach, and print how much that changes.

    python tests/bench/fit_ranges.py FOLDER … [--write]

FOLDERs hold pictures of faces, the more different the better. With --write
`curation/vision/ranges.csv` is made anew.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from curation.vision import descriptor, embedding
from curation.vision.decode import decode
from curation.vision.faces import FaceFinder
from curation.vision.levels import Levels
from curation.vision.quantised import RANGES, Range, quantised
from curation.vision.runtimes import OnnxNetwork
from curation.vision.signs import views_of
from tests.bench.pictures_at import readable

Batch = np.ndarray

ROOM = 1.1
"""For other pictures than these; what reaches further yet is cut off."""
ENDS = {"Transpose", "Clip"}
"""Kinds of nodes of which it is known how far they reach."""
NETWORKS = {
    # what makes it, the first node that is quantised, and the name of what it gives
    "descriptor": (descriptor.in_floats, "Transpose_1"),
    "embedding": (embedding.in_floats, "Conv_7"),
}
NEVER = {"Cast", "Mul", "ReduceMean", "MatMul"}
"""Kinds of nodes at the beginning and the end, where all is as it was."""


def batches(folders: Sequence[Path]) -> dict[str, list[Batch]]:
    """What each network is given for these pictures."""
    finder = FaceFinder()
    given: dict[str, list[Batch]] = {name: [] for name in NETWORKS}
    for path in (path for folder in folders for path in readable(folder)):
        levels = Levels(decode(path.read_bytes()).rgb)
        faces = [face.landmarks for face in finder.find(levels, descriptors=False)]
        for face in faces:
            chip = levels.cut(descriptor.chip_matrix(face), size=descriptor.CHIP_SIZE)
            given["descriptor"].append(np.stack([chip, chip[:, ::-1]]))
        views = views_of(levels, faces[0] if faces else None)
        given["embedding"] += [view[None] for view in views]
    return given


def to_quantise(graph: onnx.GraphProto, first: str) -> Iterator[str]:
    """The nodes from the first one on but those of which only what is cut off at 0 is read."""
    readers: dict[str, set[str]] = {}
    for node in graph.node:
        for name in node.input:
            readers.setdefault(name, set()).add(node.op_type)
    names = [node.output[0] for node in graph.node]
    for node in graph.node[names.index(first) :]:
        read_by = readers.get(node.output[0], set())
        if node.op_type not in NEVER and not read_by <= {"Relu", "Clip"}:
            yield node.output[0]


def measured(content: bytes, first: str, given: Iterable[Batch]) -> dict[str, Range]:
    model = onnx.load_from_string(content)
    names = list(to_quantise(model.graph, first))
    del model.graph.output[:]
    model.graph.output.extend(
        helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in names
    )
    network = OnnxNetwork(model.SerializeToString())
    reach = np.zeros((len(names), 2))
    for batch in given:
        for ends, numbers in zip(reach, network(batch), strict=True):
            ends[:] = min(ends[0], numbers.min()), max(ends[1], numbers.max())
    kinds = {node.output[0]: node.op_type for node in model.graph.node}
    reach *= [[1.0 if kinds[name] in ENDS else ROOM] for name in names]
    reach = np.round(reach, 3)
    return {name: (least, most) for name, (least, most) in zip(names, reach.tolist(), strict=True)}


def tell(name: str, content: bytes, ranges: dict[str, Range], given: Iterable[Batch]) -> None:
    ways = OnnxNetwork(content), OnnxNetwork(quantised(content, ranges))
    floats, whole = (np.array([way(batch)[0].mean(axis=0) for batch in given]) for way in ways)
    before, after = (np.linalg.norm(each[1:] - each[:-1], axis=1) for each in (floats, whole))
    print(
        f"{name}: {len(floats)} looks at {len(ranges)} nodes; numbers off by "
        f"{np.abs(whole - floats).mean() / floats.std(axis=0).mean():.3f} of their spread, two "
        f"that follow each other {np.abs(after - before).mean() / before.mean():.4f} nearer or "
        f"further"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    looks = batches(given.folders)
    rows: list[tuple[str, str, float, float]] = []
    for name, (in_floats, first) in NETWORKS.items():
        content = in_floats()
        ranges = measured(content, first, looks[name])
        tell(name, content, ranges, looks[name])
        rows += [(name, node, least, most) for node, (least, most) in ranges.items()]
    if given.write:
        with RANGES.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(["network", "node", "least", "most"])
            writer.writerows(rows)


if __name__ == "__main__":
    main()
