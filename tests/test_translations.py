"""No sentence of the site is left without Chinese."""

from __future__ import annotations

import re

import pytest
from babel.messages.catalog import Message

from config.messages import found_messages, missing_translations, read_catalog

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]")


def test_every_sentence_has_chinese() -> None:
    assert missing_translations() == []


def test_sentences_of_templates_and_code_are_found() -> None:
    found = {message.id for message in found_messages() if isinstance(message.id, str)}
    assert "Your role in this project does not allow this." in found
    assert "Sign out" in found


@pytest.mark.parametrize(
    "message", [m for m in read_catalog() if m.id], ids=lambda m: str(m.id)[:40]
)
def test_a_translation_keeps_every_placeholder(message: Message) -> None:
    wanted = message.id if isinstance(message.id, tuple) else (message.id,)
    given = message.string if isinstance(message.string, tuple) else (message.string,)
    for text in given:
        assert set(PLACEHOLDER.findall(text)) <= set(PLACEHOLDER.findall(wanted[-1]))
        assert set(PLACEHOLDER.findall(wanted[-1])) - set(PLACEHOLDER.findall(text)) <= {
            "%(count)s"
        }
