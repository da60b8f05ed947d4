"""The server is killed again and again and leases run out: no vote is lost, none is too many."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.curation.votes.killed_server import vote_while_it_is_killed


@pytest.mark.slow
def test_no_acknowledged_vote_is_lost_and_none_is_taken_too_many(tmp_path: Path) -> None:
    told = vote_while_it_is_killed(
        tmp_path,
        database_url=f"sqlite:///{tmp_path}/winnow.sqlite3",
        num_clients=8,
        num_images=400,
        most_kills=6,
    )
    assert told.lost == told.unasked == set()
    assert told.num_recorded_twice == 0
    assert told.keys == told.accepted_keys
    assert told.num_over_votes == 0
    # The story was a hard one: servers died, answers were lost, and leases ended.
    assert told.killed >= 3
    assert told.num_resent > 0
    assert told.refused >= {"enough_votes", "lease_expired"}
