"""No sentence of the site is left without Chinese."""

from __future__ import annotations

import re

from babel.messages.catalog import Message

from config.messages import found_messages, missing_translations, read_catalog

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]")


def test_every_sentence_has_chinese() -> None:
    assert missing_translations() == []


def test_sentences_of_templates_and_code_are_found() -> None:
    found = {message.id for message in found_messages() if isinstance(message.id, str)}
    assert "Your role in this project does not allow this." in found
    assert "Sign out" in found


def test_translations_keep_every_placeholder() -> None:
    assert [message.id for message in read_catalog() if message.id and _has_lost(message)] == []


def _has_lost(message: Message) -> bool:
    """Whether a translation lacks a placeholder, or has one that the sentence does not."""
    wanted = message.id if isinstance(message.id, tuple) else (message.id,)
    given = message.string if isinstance(message.string, tuple) else (message.string,)
    asked = set(PLACEHOLDER.findall(wanted[-1]))
    return any(set(PLACEHOLDER.findall(text)) != asked for text in given)
