"""Documents tell the truth about the tree: links lead somewhere, named tests and files exist."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
HISTORY = ("docs/adr/", "docs/lab.md", "CHANGELOG.md")
"""Written on a day and left as written: what they name may have moved since."""

LINK = re.compile(r"\]\(([^)#\s]+)")
TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
CODE_WORD = re.compile(r"`([A-Z][a-z]\w+|[a-z]+_[a-z_]+)(?:\.\w+)?`")
FILE = re.compile(r"`((?:config|curation|docs|frontend|locale|templates|tests|training)/[\w./-]+)`")


def documents() -> list[Path]:
    return [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("demo/*.md")]


def names_of(
    documents: list[Path], pattern: re.Pattern[str]
) -> Iterator[tuple[Path, re.Match[str]]]:
    for document in documents:
        for match in pattern.finditer(document.read_text(encoding="utf-8")):
            yield document, match


def living() -> list[Path]:
    return [path for path in documents() if not str(path.relative_to(ROOT)).startswith(HISTORY)]


def test_every_link_leads_to_a_file() -> None:
    broken = [
        f"{document.relative_to(ROOT)}: {match[1]}"
        for document, match in names_of(living(), LINK)
        if not re.match(r"[a-z]+:", match[1]) and not (document.parent / match[1]).exists()
    ]
    assert broken == []


def test_every_named_file_is_there() -> None:
    gone = [
        f"{document.relative_to(ROOT)}: {match[1]}"
        for document, match in names_of(living(), FILE)
        if not (ROOT / match[1]).exists()
    ]
    assert gone == []


@pytest.mark.parametrize(
    ("path", "name"),
    sorted({match.groups() for _, match in names_of([ROOT / "docs/invariants.md"], TEST)}),
)
def test_every_promise_is_attacked_by_a_test_that_exists(path: str, name: str) -> None:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_each_of_the_twelve_promises_names_at_least_two_tests() -> None:
    text = (ROOT / "docs/invariants.md").read_text(encoding="utf-8")
    promises = re.split(r"^\*\*\d+\. ", text, flags=re.MULTILINE)[1:]
    assert len(promises) == 12
    assert min(len(TEST.findall(promise)) for promise in promises) >= 2


def test_the_glossary_names_classes_and_use_cases_that_exist() -> None:
    defined = {
        name
        for room in ("config", "curation", "frontend", "training")
        for file in (ROOT / room).rglob("*.py")
        if "node_modules" not in file.parts
        for name in re.findall(
            r"^(?:class|def) (\w+)", file.read_text(encoding="utf-8"), flags=re.MULTILINE
        )
    }
    named = {match[1] for _, match in names_of([ROOT / "docs/words.md"], CODE_WORD)}
    assert len(named) > 40
    assert named - defined == set()


def test_no_two_decisions_share_a_number() -> None:
    numbers = [path.name[:4] for path in (ROOT / "docs" / "adr").glob("*.md")]
    assert len(numbers) == len(set(numbers))
