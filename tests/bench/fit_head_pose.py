"""Fit the numbers of `curation/vision/head_pose_numbers.py` to renders whose poses are known.

    python tests/bench/fit_head_pose.py FOLDER [--write]

FOLDER holds `cleaning`, `pair` and `profiles`. Printed is the mean error of the yaw by 15 degrees,
for people whom the rule was not fitted to; with --write the numbers, fitted to all, are kept.
"""

from __future__ import annotations

import argparse
import csv
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from curation.vision import head_pose, head_pose_numbers
from curation.vision.blazeface import Detection
from curation.vision.decode import decode
from curation.vision.faces import locate
from curation.vision.head_pose_numbers import HEAD
from curation.vision.mesh import FaceMesh

Numbers = NDArray[np.float64]

TABLES = {"cleaning": "labels.csv", "pair": "pose.csv", "profiles": "profiles.csv"}
LEFT_OUT = ({"ada", "eve"}, {"bob"}, {"iris", "iris_alike"}, {"jane"}, {"leo"})
"""Who is measured by a rule that was fitted to the others; look-alikes together."""
CLEAR = ("", "duplicate", "subject_absent")
"""Reasons to reject a picture that leave its one face clear to see."""
RIDGE, ROLL_RIDGE = 10.0, 100.0
"""The roll is told by fewer renders; a rule that heeds each point more tilts heads that lie."""
FRONTAL, TURNED = 25.0, 10.0
"""Degrees: below the one heads make the mean head, above the other they make the rule."""


@dataclass(frozen=True)
class Render:
    person: str
    pose: tuple[float, float, float]
    is_level: bool
    """Whether the picture was turned until the eyes lay level: its roll is not the labelled one."""
    mesh: FaceMesh
    detection: Detection


def renders(folder: Path) -> list[Render]:
    """Those with one face that is to be seen whole."""
    found = []
    for part, table in TABLES.items():
        with (folder / part / table).open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if row.get("reasons", "") not in CLEAR:
                    continue
                name = row.get("file") or row["path"]
                faces = locate(decode((folder / part / name).read_bytes()).rgb)
                if faces:
                    pose = float(row["yaw"]), float(row["pitch"]), float(row["roll"])
                    person = row.get("identity") or row["identities"].split(";")[0]
                    is_level = part == "pair"
                    found.append(Render(person, pose, is_level, faces[0].mesh, faces[0].detection))
    return found


def turned_by(pose: tuple[float, float, float]) -> Numbers:
    """The matrix that turns a head to a pose."""
    yaw, pitch, roll = np.radians(pose)
    up = [[1, 0, 0], [0, np.cos(pitch), np.sin(pitch)], [0, -np.sin(pitch), np.cos(pitch)]]
    aside = [[np.cos(yaw), 0, -np.sin(yaw)], [0, 1, 0], [np.sin(yaw), 0, np.cos(yaw)]]
    tilted = [[np.cos(roll), -np.sin(roll), 0], [np.sin(roll), np.cos(roll), 0], [0, 0, 1]]
    return np.array(tilted) @ np.array(aside) @ np.array(up)


def mean_head(found: list[Render]) -> dict[int, tuple[float, ...]]:
    """The solid points of a head that looks into the camera, as far apart as 1 on average."""
    heads = []
    for render in found:
        if abs(render.pose[0]) < FRONTAL and not render.is_level:
            points = render.mesh.points[list(HEAD)].astype(np.float64)
            points -= points.mean(axis=0)
            points /= np.sqrt((points**2).sum(axis=1).mean())
            heads.append(points @ turned_by(render.pose))
    head = np.mean(heads, axis=0)
    head = (head + head[head_pose.MIRRORED] * [-1, 1, 1]) / 2
    return {point: tuple(np.round(xyz, 3).tolist()) for point, xyz in zip(HEAD, head, strict=True)}


def rule_of(found: list[Render]) -> Numbers:
    """The linear rule for turned heads, (numbers + 1, 3)."""
    turned = [each for each in found if abs(each.pose[0]) > TURNED]
    bins = np.bincount([int(abs(each.pose[0]) // 15) for each in found])
    share = np.array([bins[int(abs(each.pose[0]) // 15)] ** -0.5 for each in turned])
    numbers, answers = [], []
    for each in turned:
        front = head_pose.front_pose(each.mesh)
        row, side = head_pose.turned_numbers(each.mesh, each.detection, front)
        yaw, pitch, roll = each.pose
        numbers.append(row)
        answers.append((yaw * side, pitch, (roll - front.roll) * side))
    x, y = np.array(numbers), np.array(answers)
    tilted = np.array([not each.is_level for each in turned])
    of_roll = ridge(x[tilted], y[tilted, 2], share[tilted], ROLL_RIDGE)
    columns = [ridge(x, y[:, 0], share), ridge(x, y[:, 1], share), of_roll]
    return np.round(np.column_stack(columns), 2)


def ridge(x: Numbers, y: Numbers, share: Numbers, strength: float = RIDGE) -> Numbers:
    """The coefficients, and a constant, by ridge regression on numbers of equal spread."""
    share = share / share.mean()
    middle, spread = np.average(x, axis=0, weights=share), x.std(axis=0) + 1e-6
    level = np.average(y, weights=share)
    scaled = (x - middle) / spread
    gram = scaled.T @ (scaled * share[:, None]) + strength * np.eye(x.shape[1])
    rule = np.linalg.solve(gram, scaled.T @ ((y - level) * share)) / spread
    return np.append(rule, level - middle @ rule)


def use(head: dict[int, tuple[float, ...]], rule: Numbers) -> None:
    head_pose.HEAD = head
    head_pose.OF_TURNED = rule


def errors(found: list[Render]) -> list[tuple[float, Numbers]]:
    """The labelled yaw of each, and how far yaw, pitch and roll are off."""
    off = []
    for each in found:
        pose = head_pose.head_pose(each.mesh, each.detection)
        error = np.abs(np.subtract((pose.yaw, pose.pitch, pose.roll), each.pose))
        off.append((each.pose[0], error * [1, 1, np.nan if each.is_level else 1]))
    return off


def tell(what: str, off: list[tuple[float, Numbers]]) -> None:
    print(what)
    for low in range(0, 90, 15):
        here = [error for yaw, error in off if low <= abs(yaw) < low + 15]
        yaw, pitch, roll = np.nanmean(here, axis=0)
        said = f"yaw {yaw:4.1f}  pitch {pitch:4.1f}  roll {roll:4.1f}"
        print(f"  {low:2}-{low + 15}: {said}  of {len(here)}")


def keep(head: dict[int, tuple[float, ...]], rule: Numbers) -> None:
    path = Path(head_pose_numbers.__file__)
    lines = [path.read_text().split("HEAD = ")[0], "HEAD = {\n"]
    lines += [f"    {point}: {xyz},\n" for point, xyz in head.items()]
    lines += ["}\n\n", "OF_TURNED = np.array([\n"]
    lines += [f"    ({a}, {b}, {c}),\n" for a, b, c in rule.tolist()]
    path.write_text("".join([*lines, "])  # fmt: skip\n"]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--write", action="store_true", help="keep the numbers")
    given = parser.parse_args()
    found = renders(given.folder)
    strangers = []
    for people in LEFT_OUT:
        others = [each for each in found if each.person not in people]
        use(mean_head(others), rule_of(others))
        strangers += errors([each for each in found if each.person in people])
    tell("people whom it was not fitted to", strangers)
    head = mean_head(found)
    use(head, np.zeros((1, 3)))
    rule = rule_of(found)
    use(head, rule)
    tell("people whom it was fitted to", errors(found))
    if given.write:
        keep(head, rule)


if __name__ == "__main__":
    main()
