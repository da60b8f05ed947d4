"""What became of one person's work: how many of the pictures that they judged are in releases."""

from __future__ import annotations

from collections import defaultdict

from curation.projects.models import Project, User
from curation.releases.errors import ManifestDamaged
from curation.releases.models import Release
from curation.releases.selectors import manifest_of
from curation.votes.models import Vote


def num_released_of(person: User, project: Project) -> int:
    """In the newest release of each subject that the person judged. Two queries.

    A manifest that is damaged counts nothing here; `manage.py verify` names it.
    """
    judged: dict[int, set[int]] = defaultdict(set)
    votes = Vote.objects.filter(volunteer=person, image__subject__project=project)
    for subject, number in votes.values_list("image__subject", "image__number"):
        judged[subject].add(number)
    newest: dict[int, Release] = {}
    for release in Release.objects.filter(subject__in=list(judged)).order_by("number"):
        newest[release.subject_id] = release
    return sum(_num_held(release, judged[subject]) for subject, release in newest.items())


def _num_held(release: Release, numbers: set[int]) -> int:
    try:
        manifest = manifest_of(release)
    except ManifestDamaged:
        return 0
    return sum(entry.number in numbers for entry in manifest.entries)
