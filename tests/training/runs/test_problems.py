"""Whatever ends a run, its page says what happened and what to do, in both languages."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

from django.utils import translation

import training.engine
from curation.files import DiskFull
from training.engine.errors import EngineError
from training.runs.models import Run
from training.runs.problems import SENTENCES, problem_of

BY_THE_SUPERVISOR = {"consent_missing", "not_started", "trainer_died"}

NEVER_ON_A_RUNS_PAGE = {
    "engine_error": "a base class; only its subclasses are raised",
    "bad_input": "raised as such only by the rate finder, a command of its own",
    "already_running": "the trainer only says it: the story in that folder is another trainer's",
    "run_folder_unusable": "the trainer cannot write events; the run ends as trainer_died",
    "folder_unusable": "of new_run, which makes run folders without the site",
    "output_unusable": "of commands that write something for a person",
    "command_wrong": "told as an event; the training goes on as it was",
    "rate_not_found": "of the rate finder",
    "conversion_refused": "of conversions and timelapses",
    "nobody_swapped": "of conversions",
    "not_marked": "of conversions",
    "truth_wrong": "of evaluations",
}


def subclasses(cls: type[EngineError]) -> Iterator[type[EngineError]]:
    yield cls
    for subclass in cls.__subclasses__():
        yield from subclasses(subclass)


def codes_of_the_engine() -> set[str]:
    for module in pkgutil.walk_packages(training.engine.__path__, "training.engine."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    return {each.code for each in subclasses(EngineError)} | {DiskFull.code}


def test_every_code_has_a_sentence_or_a_reason_why_no_run_shows_it() -> None:
    assert set(SENTENCES) | set(NEVER_ON_A_RUNS_PAGE) == codes_of_the_engine() | BY_THE_SUPERVISOR
    assert not set(SENTENCES) & set(NEVER_ON_A_RUNS_PAGE)


def test_a_problem_is_told_in_the_readers_language() -> None:
    run = Run()
    assert problem_of(run) is None
    run.problem_code = "loss_not_finite"
    assert (problem_of(run) or "").startswith("Training diverged: the loss is no longer a number.")
    with translation.override("zh-hans"):
        assert "检查点" in (problem_of(run) or "")


def test_a_code_that_nobody_knows_is_told_all_the_same() -> None:
    assert problem_of(Run(problem_code="never heard of")) == "The trainer failed."
