"""Who may look at the pictures of a project's manual."""

from __future__ import annotations

from curation.errors import NotFound
from curation.manual.models import ManualExample
from curation.projects.access import require
from curation.projects.models import User
from curation.projects.permissions import VIEW
from curation.subjects.access import PicturesHidden
from curation.subjects.gate import is_covered
from curation.subjects.models import Act


def require_example(user: User, subject_id: int, sha256: str) -> None:
    """Let members look at the served copy with those bytes if it is an example of the subject in
    any version of the manual: who looks at an older one sees it as it was.

    Raises NotFound, PicturesHidden.
    """
    examples = ManualExample.objects.select_related("subject__project")
    example = examples.filter(subject=subject_id, sha256=sha256).first()
    if example is None or example.subject is None:
        raise NotFound
    require(user, VIEW, example.subject.project)
    if not is_covered(example.subject, Act.CURATE):
        raise PicturesHidden
