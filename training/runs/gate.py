"""The gate for acts that concern both people of a run."""

from __future__ import annotations

from curation.releases.models import Release
from curation.subjects.gate import is_covered, require_consent
from curation.subjects.models import Act
from training.runs.models import Run


def require_consent_of_both(release_a: Release, release_b: Release, act: Act) -> None:
    """Let `act` pass for both subjects or refuse it, inside the transaction that does it.

    Raises ConsentMissing.
    """
    # Always in the same order: each call locks its subject, and two runs of the same two
    # people, one the other way round, would wait for each other for ever.
    for release in sorted((release_a, release_b), key=lambda each: each.subject_id):
        require_consent(release.subject, act)


def both_covered(run: Run, act: Act) -> bool:
    """Whether consents in force cover `act` for both subjects of the run at this moment."""
    return is_covered(run.release_a.subject, act) and is_covered(run.release_b.subject, act)
