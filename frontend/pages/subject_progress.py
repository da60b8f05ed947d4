"""How far subjects are along the flow, for the pages that show all stages at once."""

from __future__ import annotations

from dataclasses import dataclass

from curation.analysis.selectors import AnalysisProgress, analysis_progresses
from curation.consensus.selectors import StateCounts, state_counts_of
from curation.subjects.models import Subject


@dataclass(frozen=True, kw_only=True, slots=True)
class SubjectProgress:
    """How far one subject's pictures are along the flow."""

    subject: Subject
    analysis: AnalysisProgress
    states: StateCounts


def progress_of(subjects: list[Subject]) -> list[SubjectProgress]:
    """How far each subject is, in a fixed number of queries."""
    analyses = analysis_progresses(subjects)
    states = state_counts_of(subjects)
    return [
        SubjectProgress(
            subject=subject,
            analysis=analyses[subject.pk],
            states=states.get(subject.pk) or StateCounts(),
        )
        for subject in subjects
    ]
