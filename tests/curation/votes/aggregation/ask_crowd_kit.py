"""Makes `crowd_kit.json`: votes, and what crowd-kit's DawidSkene says of them.

    python tests/curation/votes/aggregation/ask_crowd_kit.py

In an environment of its own with crowd-kit 1.4.2, which needs transformers, pyarrow and more: too
much to be installed for one test, so that its answer lies here instead.
"""

from __future__ import annotations

import json
import random
from pathlib import Path

import pandas as pd
from crowdkit.aggregation.classification.dawid_skene import DawidSkene

ANSWERS = ("blurry", "covered", "keep")
ROUNDS = 40
CARE = (0.95, 0.9, 0.8, 0.8, 0.65, 0.5)
"""How often each of the people is right."""


def main() -> None:
    dice = random.Random(7)
    votes = []
    for picture in range(80):
        truth = dice.choices(ANSWERS, (0.2, 0.1, 0.7))[0]
        for person in dice.sample(range(len(CARE)), dice.choice((2, 3, 4))):
            is_right = dice.random() < CARE[person]
            votes.append((picture, person, truth if is_right else dice.choice(ANSWERS)))
    given = pd.DataFrame(votes, columns=["task", "worker", "label"])
    theirs = DawidSkene(n_iter=ROUNDS, tol=float("-inf")).fit(given)
    errors = theirs.errors_.reindex(
        pd.MultiIndex.from_product([range(len(CARE)), ANSWERS]), fill_value=0.0
    )[list(ANSWERS)]
    matrices = errors.to_numpy().reshape(len(CARE), len(ANSWERS), len(ANSWERS))
    kept = {
        "crowd_kit": "1.4.2",
        "rounds": ROUNDS,
        "answers": ANSWERS,
        "votes": [[picture, person, ANSWERS.index(said)] for picture, person, said in votes],
        "posteriors": theirs.probas_.sort_index()[list(ANSWERS)].to_numpy().round(9).tolist(),
        "truths": theirs.priors_[list(ANSWERS)].round(9).tolist(),
        "matrices": matrices.transpose(0, 2, 1).round(9).tolist(),
    }
    path = Path(__file__).with_name("crowd_kit.json")
    path.write_text(json.dumps(kept, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
