"""Votes that should not have been taken, found by telling the history again from the start."""

from __future__ import annotations

from collections.abc import Iterable

from curation.votes.voting_rule import Tally, votes_wanted


def over_votes(history: Iterable[tuple[int, int, str]]) -> int:
    """How many first votes came in although no more were wanted.

    `history` has image, volunteer and verdict of each event in order, "" for a vote taken back.
    """
    said: dict[int, dict[int, str]] = {}
    num = 0
    for image, volunteer, verdict in history:
        votes = said.setdefault(image, {})
        if not verdict:
            del votes[volunteer]
            continue
        if volunteer not in votes and votes_wanted(_tally(votes)) == 0:
            num += 1
        votes[volunteer] = verdict
    return num


def _tally(votes: dict[int, str]) -> Tally:
    given = list(votes.values())
    return Tally(
        keep=given.count("keep"), reject=given.count("reject"), unsure=given.count("unsure")
    )
