"""No sentence is left without Chinese, and all that people read keep to docs/words.md."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator

import pytest
from babel.messages.catalog import Message

from config.env import ROOT
from config.messages import found_messages, missing_translations, read_catalog
from curation.manual.first_version import TEXTS

PLACEHOLDER = re.compile(r"%(?:\((\w+)\))?[sd]|\{(\w+)\}")

HAN = r"[\u4e00-\u9fff]"
UNEVEN = re.compile(rf"{HAN}[A-Za-z0-9]|[A-Za-z0-9]{HAN}|{HAN} +{HAN}|  ")
PUNCTUATION = r"[，。：；！？、（）“”…]"
SPACED_PUNCTUATION = re.compile(rf"\S {PUNCTUATION}|{PUNCTUATION} \S")

CODE = ("config", "curation", "training")
"""Whose errors and command lines speak English that stands in no catalogue."""

CHINESE = re.compile(rf'"([^"\n]*{HAN}[^"\n]*)"')

STANDS_FOR = dict.fromkeys(("day", "time", "first", "last", "when"), "1 日") | dict.fromkeys(
    ("act", "role", "why", "faces", "outcome"), "筛图"
)
"""What placeholders stand for that are neither a number nor a name."""


def texts(message: Message) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The English and the Chinese of a message, each with all its plural forms."""
    english = message.id if isinstance(message.id, tuple) else (str(message.id),)
    chinese = message.string if isinstance(message.string, tuple) else (str(message.string),)
    return english, chinese


def all_messages() -> list[Message]:
    return [message for message in read_catalog() if message.id]


def manual_texts(language: str) -> list[str]:
    """What the manual says; its words stand in no catalogue."""
    manual = json.loads(TEXTS.read_text(encoding="utf-8"))
    rows = manual["reasons"] + manual["keep"]
    rows += [example for reason in manual["reasons"] for example in reason["examples"]]
    return [text for row in rows for key, text in row.items() if key.endswith(f"_{language}")]


def all_chinese() -> list[str]:
    """Every Chinese text of the catalogue, and those that lie beside their English elsewhere.

    The texts of the scripts have a test of their own.
    """
    of_catalogue = [text for message in all_messages() for text in texts(message)[1]]
    of_models = [
        text
        for file in ROOT.glob("training/engine/**/*.py")
        for text in CHINESE.findall(file.read_text(encoding="utf-8"))
    ]
    assert of_models, "the texts of the models have moved"
    return of_catalogue + manual_texts("zh") + of_models


def all_english() -> list[str]:
    in_catalogue = [text for message in all_messages() for text in texts(message)[0]]
    return in_catalogue + manual_texts("en") + written_in_code()


def written_in_code() -> list[str]:
    """What code says itself: settings, flags, errors. Docstrings are for its readers alone."""
    return [
        text
        for room in CODE
        for file in (ROOT / room).rglob("*.py")
        if "migrations" not in file.parts
        for text in strings_of(file.read_text(encoding="utf-8"))
    ]


def strings_of(code: str) -> list[str]:
    """The string literals of a module, without its docstrings."""
    nodes = list(ast.walk(ast.parse(code)))
    docstrings = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    return [
        node.value
        for node in nodes
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in docstrings
    ]


def words_not_used() -> Iterator[str]:
    document = (ROOT / "docs" / "words.md").read_text(encoding="utf-8")
    rows = document.split("## Words not used")[1].splitlines()
    cells = [row.split("|")[1].strip() for row in rows if row.startswith("|")]
    yield from cells[2:]


def spelt_out(text: str) -> str:
    """`text` with something in the place of each placeholder."""
    return PLACEHOLDER.sub(lambda blank: STANDS_FOR.get(blank[1] or blank[2], "1"), text)


def test_every_sentence_has_chinese() -> None:
    assert missing_translations() == []


def test_sentences_of_templates_and_code_are_found() -> None:
    ids = {message.id for message in found_messages() if isinstance(message.id, str)}
    assert "Your role in this project does not allow this." in ids
    assert "Sign out" in ids


def test_translations_keep_every_placeholder() -> None:
    assert [message.id for message in all_messages() if _has_lost(message)] == []


def _has_lost(message: Message) -> bool:
    """Whether a translation lacks a placeholder, or has one that the sentence does not."""
    english, chinese = texts(message)
    wanted = _placeholders(english[-1])
    return any(_placeholders(text) != wanted for text in chinese)


def _placeholders(text: str) -> set[str]:
    return {blank[0] for blank in PLACEHOLDER.finditer(text)}


def test_one_space_stands_between_chinese_and_latin_letters_or_digits() -> None:
    assert [text for text in all_chinese() if UNEVEN.search(spelt_out(text))] == []


def test_no_space_stands_beside_chinese_punctuation() -> None:
    assert [text for text in all_chinese() if SPACED_PUNCTUATION.search(spelt_out(text))] == []


@pytest.mark.parametrize(
    ("text", "is_even"),
    [
        ("批次 %(number)s 的结论", True),
        ("批次%(number)s 的结论", False),
        ("有效至 %(day)s，之后过期", True),
        ("%(first)s至 %(last)s", True),
        ("%(first)s 至 %(last)s", False),
        ("下载zip", False),
        ("领取期限{when}到期", False),
        ("没有 允许", False),
    ],
)
def test_the_rule_of_spaces_sees_what_is_wrong(text: str, *, is_even: bool) -> None:
    assert (UNEVEN.search(spelt_out(text)) is None) == is_even


def test_chinese_calls_a_gpu_by_its_chinese_name() -> None:
    assert [text for text in all_chinese() if "GPU" in text] == []


def test_settings_flags_and_errors_of_the_code_are_read_but_no_docstring() -> None:
    written = " ".join(written_in_code())
    assert "Where the face is: where all of these agree." in written
    assert "folder of a run that is not being trained" in written
    assert "The picture moves." in written
    assert strings_of('"""Seen by readers."""\nsay(f"Shown {to} people", help="too" " many")') == [
        "Shown ",
        " people",
        "too many",
    ]


def test_no_sentence_has_a_word_that_the_glossary_rules_out() -> None:
    sentences = all_chinese() + all_english()
    ruled_out = [
        re.compile(rf"\b{word}\b" if word.isascii() else word, re.IGNORECASE)
        for word in words_not_used()
    ]
    assert len(ruled_out) > 20
    assert [
        (word.pattern, text) for text in sentences for word in ruled_out if word.search(text)
    ] == []
