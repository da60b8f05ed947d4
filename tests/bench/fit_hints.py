"""Fit what hints start from: the signs' read-outs and the examples of the prior.

    python tests/bench/fit_hints.py MATERIAL.pickle [--write]

MATERIAL is what `hint_material.py` keeps. Printed is how well pictures are judged that nothing was
fitted to; with --write `curation/vision/sign_numbers.csv` and `hint_prior.csv` are made anew.
"""

from __future__ import annotations

import argparse
import csv
import dataclasses
import pickle
import sys
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, roc_auc_score
from sklearn.model_selection import StratifiedKFold

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from curation.analysis.look import Seen
from curation.hints.labelled import evidence_of, worse_copies
from curation.hints.lessons import Answer, examples_of, softmax_of, without_subject
from curation.vision import hints, signs
from curation.vision.hint_columns import COLUMNS, Evidence, row_of
from curation.vision.hints import CLASSES, KEEP, ODD, Examples
from curation.vision.signs import KINDS, Readouts, Signs
from tests.bench.hint_material import Material

RIDGE = 1.0
"""Inverse strength of the read-outs' ridge."""
OF_MADE = 0.3
"""How much a picture counts that was made so, against one that was labelled."""
RARE = 0.4
"""How much rarer what is made so is among ordinary photographs than among the made ones."""
FOLDS, ROUNDS = 5, 2
NUM_DECIDED = 80
STORIES = {
    # who, in which part, told from whom
    "cleaning": ("ada", ("eve",)),
    "pair": ("ada", ()),
}
OF_ODD = 0.1
"""How much a picture counts that was made odd."""
ODDITIES = {
    "unlike": 3,
    "nearer_to_another": 2,
    "no_face": 1,
    "others": 1,
    "sharpness": 1,
    "occlusion": 1,
    "looks_blurry": 1,
    "looks_covered": 1,
    "looks_drawn": 1,
    "looks_rephoto": 1,
    "better_copy": 1,
    "says_generated": 1,
}
"""What is made so, and how often."""


@dataclass(frozen=True, eq=False)
class Story:
    """Pictures of one subject with their answers, and all that hints look at but the signs."""

    material: list[Material]
    answers: np.ndarray
    evidence: list[Evidence]
    weight: float

    @property
    def features(self) -> np.ndarray:
        return np.array([each.features for each in self.material])

    def signed(self, odds: np.ndarray) -> list[Evidence]:
        told = zip(self.evidence, odds.tolist(), strict=True)
        return [dataclasses.replace(of, signs=Signs(*each)) for of, each in told]

    def rows(self, odds: np.ndarray) -> np.ndarray:
        return np.array([row_of(of) for of in self.signed(odds)])


def story_of(
    part: str, found: Sequence[Material], *, without_subject: Collection[int] = ()
) -> Story:
    """`without_subject` are places of pictures that were decided to be without the subject."""
    subject, alike = STORIES[part]
    portraits, *look_alikes = ([m.seen for m in people(found, who)] for who in (subject, *alike))
    own = [m for m in found if m.part == part]
    # What is spoilt of a stranger is neither one thing nor the other.
    own = [m for m in own if m.person == subject or not m.reason or part == "cleaning"]
    seen = [whole(m.seen, m) for m in own]
    copies = worse_copies(seen) if part == "cleaning" else {}
    evidence = evidence_of(
        seen,
        portraits=portraits,
        look_alikes=look_alikes,
        copies=copies,
        without_subject=without_subject,
    )
    answers = [m.reason or (KEEP if m.person == subject else "subject_absent") for m in own]
    if part == "cleaning":
        answers = right_either_way(own, answers, copies)
    return Story(own, np.array(answers), evidence, 1.0 if part == "cleaning" else OF_MADE)


def whole(seen: Seen, of: Material) -> Seen:
    return dataclasses.replace(seen, signs=Signs(0, 0, 0, 0), size=of.size)


def people(found: Sequence[Material], person: str) -> list[Material]:
    """The person's portraits."""
    return [m for m in found if m.part == "refs" and m.person == person]


def right_either_way(
    own: Sequence[Material], answers: list[str], worse: dict[int, int]
) -> list[str]:
    """A labelled duplicate and its original change places where the machine keeps the other."""
    places = {m.path: place for place, m in enumerate(own)}
    for place, m in enumerate(own):
        original = places.get(m.duplicate_of)
        if original is not None and place not in worse and original in worse:
            answers[place], answers[original] = KEEP, "duplicate"
    return answers


def photos_of(found: Sequence[Material]) -> Story:
    """Photographs of people whom nobody knows."""
    own = [m for m in found if m.part in ("photos", "profiles")]
    seen = [whole(m.seen, m) for m in own]
    evidence = evidence_of(seen, portraits=[], copies={})
    return Story(own, np.array([m.reason or KEEP for m in own]), evidence, OF_MADE)


def joined(stories: Sequence[Story]) -> Story:
    return Story(
        [m for story in stories for m in story.material],
        np.concatenate([story.answers for story in stories]),
        [of for story in stories for of in story.evidence],
        1.0,
    )


def weights_of(stories: Sequence[Story]) -> np.ndarray:
    return np.concatenate([np.full(len(story.answers), story.weight) for story in stories])


def fit_readouts(features: np.ndarray, answers: np.ndarray, weights: np.ndarray) -> Readouts:
    """One read-out for each kind of sign, against all else."""
    mean, spread = np.nanmean(features, axis=0), np.nanstd(features, axis=0) + 1e-6
    scaled = np.nan_to_num((features - mean) / spread, nan=0.0)
    readouts = np.zeros((scaled.shape[1], len(KINDS)))
    bias = np.zeros(len(KINDS))
    for place, kind in enumerate(KINDS):
        if (answers == kind).any():
            model = LogisticRegression(C=RIDGE, class_weight="balanced", max_iter=3000)
            model.fit(scaled, answers == kind, sample_weight=weights)
            readouts[:, place], bias[place] = model.coef_[0], model.intercept_[0]
    return Readouts(mean, spread, readouts, bias)


def crossed(features: np.ndarray, answers: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The odds of each picture by read-outs that were fitted to the others."""
    odds = np.zeros((len(answers), len(KINDS)))
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
    for known, new in folds.split(features, answers):
        odds[new] = fit_readouts(features[known], answers[known], weights[known])(features[new])
    return odds


Judge = Callable[[Story], np.ndarray]


def fit(stories: Sequence[Story], *, left_out: str = "") -> tuple[Readouts, Examples]:
    """Read-outs, and the examples whose columns are as they would be for new pictures."""
    all_, weights = joined(stories), weights_of(stories)
    readouts = fit_readouts(all_.features, all_.answers, weights)
    odds = crossed(all_.features, all_.answers, weights)
    # Whose picture a crowd is nobody knows: it teaches only what photographs look like.
    told = np.array([bool(m.person) or len(m.seen.faces) == 1 for m in all_.material])
    rows, weights = all_.rows(odds)[told], weights[told]
    answers = np.array([CLASSES.index(each) for each in all_.answers[told]])
    weights = np.where((answers != CLASSES.index(KEEP)) & (weights < 1), weights * RARE, weights)
    kept = np.nonzero(answers == CLASSES.index(KEEP))[0]
    examples = Examples(rows, answers, weights)
    marked = [
        (kept[::8], "generated", partial(changed, name="says_generated"), 1.0),
        (kept[1::8], "duplicate", partial(changed, name="better_copy"), 1.0),
        (kept[2::8], "other_face", with_others, 1.0),
        (kept, ODD, made_odd, OF_ODD),
    ]
    if left_out:
        marked = [each for each in marked if each[1] != left_out]
    for which, name, change, share in marked:
        chance = np.random.default_rng(0)
        told = np.array([change(row, chance) for row in rows[which]])
        classes = np.full(len(which), CLASSES.index(name))
        examples += Examples(told, classes, weights[which] * share)
    return readouts, examples


def changed(
    row: np.ndarray, chance: np.random.Generator, name: str = "says_generated"
) -> np.ndarray:
    told = dict(zip(COLUMNS, row, strict=True))
    told[name] = 1.0
    return np.array(list(told.values()))


def with_others(row: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    told = dict(zip(COLUMNS, row, strict=True))
    told["others"], told["others_size"] = 1.0, chance.uniform(0.3, 1.5)
    told["others_sure"] = chance.uniform(0.7, 1.0)
    return np.array(list(told.values()))


def made_odd(row: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    """A picture to keep of which one thing was made such as no picture to keep has it."""
    told = dict(zip(COLUMNS, row, strict=True))
    what = chance.choice(
        list(ODDITIES), p=np.array(list(ODDITIES.values())) / sum(ODDITIES.values())
    )
    match str(what):
        case "no_face" | "better_copy" | "says_generated" as name:
            told[name] = 1.0
        case "unlike":
            told["unlike"] = chance.uniform(0.36, 0.75)
            told["nearer_to_another"] = chance.uniform(-0.2, 0.1)
            told["unlike_and_turned"] = told["unlike"] * told["turned"]
        case "nearer_to_another":
            told["nearer_to_another"] = chance.uniform(0.0, 0.2)
        case "others":
            return with_others(row, chance)
        case "sharpness":
            told["sharpness"] = chance.uniform(0.0, 0.15)
        case "occlusion":
            told["occlusion"] = chance.uniform(0.15, 1.0)
        case name:
            told[name] = chance.uniform(1.0, 12.0)
    return np.array(list(told.values()))


def judge_of(stories: Sequence[Story], *, left_out: str = "") -> Judge:
    readouts, examples = fit(stories, left_out=left_out)
    softmax = hints.fit(examples)
    return lambda story: softmax(story.rows(readouts(story.features)))


def part_of(story: Story, which: np.ndarray) -> Story:
    return Story(
        [story.material[i] for i in which],
        story.answers[which],
        [story.evidence[i] for i in which],
        story.weight,
    )


def tell(what: str, answers: np.ndarray, scores: np.ndarray) -> None:
    keep = answers == KEEP
    said = [f"{what}: keep or reject AUC {roc_auc_score(~keep, 1 - scores[:, 0]):.4f};"]
    for place, name in enumerate(CLASSES):
        if name != KEEP and (answers == name).any():
            precision = average_precision_score(answers == name, scores[:, place])
            said.append(f"{name} {precision:.3f}")
    print(" ".join(said))


def across(story: Story, others: Sequence[Story]) -> None:
    """By cross-validation on the labelled set."""
    scores = np.zeros((len(story.answers), len(CLASSES)))
    for seed in range(ROUNDS):
        folds = StratifiedKFold(FOLDS, shuffle=True, random_state=seed)
        for known, new in folds.split(story.features, story.answers):
            judge = judge_of([part_of(story, known), *others])
            scores[new] += judge(part_of(story, new)) / ROUNDS
    tell("labelled, by cross-validation", story.answers, scores)


def left_out(story: Story, others: Sequence[Story]) -> None:
    """Each kind of reject, when it is left out of all that was fitted."""
    keep = np.nonzero(story.answers == KEEP)[0]
    for kind in ("subject_absent", "other_face", *KINDS, "duplicate"):
        of_kind = np.nonzero(story.answers == kind)[0]
        found = []
        for half in (keep[::2], keep[1::2]):
            known = np.setdiff1d(np.arange(len(story.answers)), np.r_[half, of_kind])
            rest = [part_of(each, np.nonzero(each.answers != kind)[0]) for each in others]
            judge = judge_of([part_of(story, known), *rest], left_out=kind)
            scores = judge(part_of(story, np.r_[half, of_kind]))
            is_kind = np.r_[np.zeros(len(half)), np.ones(len(of_kind))]
            found.append(roc_auc_score(is_kind, 1 - scores[:, 0]))
        print(f"  without {kind}: rejected all the same, AUC {np.mean(found):.3f}")


def learnt(story: Story, others: Sequence[Story], found: Sequence[Material]) -> None:
    """One half of the labelled set judged, after decisions on some of that half."""
    before, after, answers = [], [], []
    for seed in range(ROUNDS * FOLDS):
        order = np.random.default_rng(seed).permutation(len(story.answers))
        half = len(order) // 2
        readouts, start = fit([part_of(story, order[:half]), *others])
        decided, new = order[half : half + NUM_DECIDED], order[half + NUM_DECIDED :]
        told = [Answer(i, tuple({story.answers[i]} - {KEEP})) for i in decided.tolist()]
        odds = readouts(story.features)
        before.append(hints.fit(start)(story.rows(odds)[new]))
        known = story_of("cleaning", found, without_subject=without_subject(told))
        rows, evidence = known.rows(odds), dict(enumerate(known.signed(odds)))
        after.append(softmax_of(start, examples_of(evidence, told)[0])(rows[new]))
        answers.append(story.answers[new])
    tell("half of it, before decisions", np.concatenate(answers), np.concatenate(before))
    what = f"the same, after {NUM_DECIDED} decisions on others of that half"
    tell(what, np.concatenate(answers), np.concatenate(after))


def write(readouts: Readouts, examples: Examples) -> None:
    with signs.NUMBERS.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(["mean", "spread", *KINDS])
        numbers = np.column_stack([readouts.mean, readouts.spread, readouts.weights])
        table.writerows(np.char.mod("%.5g", numbers).tolist())
        table.writerow(["", "", *np.char.mod("%.5g", readouts.bias).tolist()])
    with hints.PRIOR.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(["answer", "weight", *COLUMNS])
        for answer, weight, row in zip(
            examples.answers, examples.weights, examples.rows, strict=True
        ):
            table.writerow([CLASSES[answer], f"{weight:g}", *(f"{number:.3g}" for number in row)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("material", type=Path)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    found: list[Material] = pickle.loads(given.material.read_bytes())  # noqa: S301, our own file
    story, *others = (story_of(part, found) for part in STORIES)
    others.append(photos_of(found))
    tell("labelled, as a folder of its own", story.answers, judge_of(others)(story))
    across(story, others)
    left_out(story, others)
    learnt(story, others, found)
    readouts, examples = fit([story, *others])
    print(f"fitted to {len(examples.answers)} pictures")
    if given.write:
        write(readouts, examples)


if __name__ == "__main__":
    main()
