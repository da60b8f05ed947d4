"""How many copies of pictures are found, how many pairs are made up, and how long it takes.

    python tests/bench/bench_duplicates.py [--every N] [--images 5000] [--large 0] [--set FOLDER]

On the labelled set that lies beside the checkout, where it does; else on the demo's pictures, which
are fewer. Looked at with all that an analysis looks at:

- each of the set's pictures that is no labelled duplicate, and twenty kinds of copies of every
  N-th of them (tests/stories/copies.py): which copies are found to be nearly the same as theirs;
- all pairs of those pictures, and all pairs of the aligned crops of one person (`pair/`): which of
  them, though all differ, are found nearly the same;
- the set's labelled duplicates.

"pHash alone" is imagehash with at most 4 bits, as it is usually called. Then one search over so
many made-up pictures in a database of its own; with `--large` over so many more. Times are of the
processor too, as other work on the machine slows the clock.
"""

from __future__ import annotations

import argparse
import csv
import sys
import time
from collections.abc import Iterable, Sequence
from io import BytesIO
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

import imagehash
import numpy as np
from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from curation.analysis.look import Seen, look_at
from curation.hints.labelled import near_pairs, prints_of
from curation.vision.duplicates import candidates
from tests.bench.databases import figures_of
from tests.bench.pictures_at import DEMO, labelled_set, readable
from tests.stories.copies import KINDS, copy_of

RECALL = 0.99
FALSE_PER_PAIR, FALSE_PER_CROP_PAIR = 5 / 38_781, 50 / 125_670
"""What may be made up: of pictures that differ, and of aligned crops, which all look alike."""
LEAST_TO_JUDGE = 4.9
"""Where fewer may be made up, as among the demo's pictures, chance decides: that is only told."""
SECONDS = 15.0
"""Of the processor, for a search among 5,000."""
PHASH_BITS = 4


class Looked(NamedTuple):
    """What is seen in a picture, and its usual hash."""

    seen: Seen
    usual: imagehash.ImageHash


def see(data: bytes) -> Looked:
    return Looked(look_at(data, []), imagehash.phash(Image.open(BytesIO(data)).convert("L")))


def near(pictures: Sequence[Looked]) -> set[tuple[int, int]]:
    """Which pairs are nearly the same, by their places."""
    return set(near_pairs([each.seen for each in pictures]))


def is_within(num_false: int, most: float, num: int) -> bool:
    """Whether no more were made up than may be; of few pairs nothing can be said."""
    return most * num < LEAST_TO_JUDGE or num_false <= most * num


def usual_near(one: Looked, other: Looked) -> bool:
    return bool(one.usual - other.usual <= PHASH_BITS)


def recall(originals: Iterable[tuple[bytes, Looked, bool]]) -> float:
    """The share of copies that are found, told by kind."""
    hits: dict[str, list[bool]] = {kind: [] for kind in KINDS}
    usual: dict[str, list[bool]] = {kind: [] for kind in KINDS}
    of_keepers: list[bool] = []
    for data, original, is_keeper in originals:
        image = Image.open(BytesIO(data))
        for kind in KINDS:
            copy = see(copy_of(image, kind))
            hits[kind].append(bool(near([original, copy])))
            if is_keeper:
                of_keepers.append(hits[kind][-1])
            usual[kind].append(usual_near(original, copy))
    for kind in KINDS:
        print(f"  {kind:26} {np.mean(hits[kind]):.3f}   pHash alone {np.mean(usual[kind]):.3f}")
    of_all = float(np.mean([hit for each in hits.values() for hit in each]))
    of_usual = float(np.mean([hit for each in usual.values() for hit in each]))
    num = sum(map(len, hits.values()))
    print(f"copies found: {of_all:.4f} of {num}, pHash alone {of_usual:.4f} (wanted: {RECALL})")
    print(f"of pictures to keep: {np.mean(of_keepers):.4f} of {len(of_keepers)}")
    return of_all


def num_pairs(num: int) -> int:
    return num * (num - 1) // 2


def made_up(name: str, pictures: Sequence[Looked], most: float) -> tuple[int, int, float]:
    """How many pairs are found among pictures that all differ, of how many, in what seconds."""
    start = time.process_time()
    found = near(pictures)
    seconds = time.process_time() - start
    num = num_pairs(len(pictures))
    num_looked_at = sum(1 for _ in candidates(prints_of([each.seen for each in pictures])))
    usual = sum(usual_near(one, other) for one, other in combinations(pictures, 2))
    print(
        f"{name}: {len(found)} of {num} pairs made up ({most * num:.1f} may be), "
        f"{num_looked_at} looked at in {seconds:.2f} s of one processor; "
        f"pHash alone makes up {usual}"
    )
    return len(found), num, seconds


def labelled_duplicates(seen: dict[str, Looked], rows: Sequence[dict[str, str]]) -> None:
    """Which of the set's own duplicates are found."""
    copies = [row for row in rows if row["duplicate_of"] in seen]
    missed = [
        f"{row['path']} ({row['note']})"
        for row in copies
        if not near([seen[row["duplicate_of"]], seen[row["path"]]])
    ]
    print(f"labelled duplicates: {len(copies) - len(missed)} of {len(copies)} found", *missed)


def searched(num: int, folder: Path) -> float:
    """Processor seconds of a search among so many made-up pictures, told."""
    told = figures_of("tests.bench.one_search", num, folder, url="")
    later = told["later"]
    print(
        f"{num} pictures: {told['cpu']:.1f} s of one processor ({told['seconds']:.1f} s by the "
        f"clock), {told['looked_at']} pairs looked at, {told['megabytes']:.0f} MB more memory; "
        f"{told['copies_found']} of {told['copies']} copies found, {told['pairs']} pairs in all; "
        f"{later['num']} more: {later['cpu']:.1f} s"
    )
    return float(told["cpu"])


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--every", type=int, default=4, help="copy every N-th picture")
    arguments.add_argument("--images", type=int, default=5000)
    arguments.add_argument("--large", type=int, default=0, help="such as 100000")
    arguments.add_argument("--set", type=Path, default=labelled_set(), help="a labelled set")
    given = arguments.parse_args()

    folder: Path = given.set
    print(f"measured on {'the demo' if folder == DEMO else folder}")
    with (folder / "cleaning" / "labels.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    files = {row["path"]: (folder / "cleaning" / row["path"]).read_bytes() for row in rows}
    seen = {path: see(data) for path, data in files.items()}
    distinct = [row["path"] for row in rows if not row["duplicate_of"]]
    keepers = {row["path"] for row in rows if row["verdict"] == "keep"}

    share = recall((files[path], seen[path], path in keepers) for path in distinct[:: given.every])
    labelled_duplicates(seen, rows)
    num_false, num, seconds = made_up("pictures", [seen[path] for path in distinct], FALSE_PER_PAIR)
    of_many = seconds * num_pairs(given.images) / num
    print(f"as many looks for each pair take {of_many:.1f} s among {given.images} pictures")
    is_met = share >= RECALL and is_within(num_false, FALSE_PER_PAIR, num)
    crops = [
        made_up(
            f"aligned crops of {who.name}",
            [see(path.read_bytes()) for path in readable(who)],
            FALSE_PER_CROP_PAIR,
        )
        for who in (folder / "pair" / "ada", folder / "pair" / "bob")
        if who.is_dir()
    ]
    of_crops, num_crops, _seconds = (sum(each) for each in zip(*crops, strict=True))
    print(f"aligned crops: {of_crops} of {num_crops} pairs made up")
    is_met &= is_within(of_crops, FALSE_PER_CROP_PAIR, num_crops)
    of_rest = searched(given.images, folder / "cleaning")
    is_met &= of_many + of_rest <= SECONDS * max(1.0, (given.images / 5000) ** 2)
    if given.large:
        searched(given.large, folder / "cleaning")
    sys.exit(0 if is_met else "not all goals are met")


if __name__ == "__main__":
    main()
