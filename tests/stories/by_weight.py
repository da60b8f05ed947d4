"""What stories about votes that count by their weight begin with."""

from __future__ import annotations

import pytest

from curation.projects.models import Project, Rule


def by_weight(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """The project by the weighted rule; no picture is watched, so that one vote may be enough."""
    project.rule = Rule.WEIGHTED
    project.save()
    monkeypatch.setattr("curation.votes.aggregation.stopping.WATCHED", 0.0)
    return project
