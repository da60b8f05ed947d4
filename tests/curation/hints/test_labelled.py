"""What is told of labelled pictures is what the site would say of them."""

from __future__ import annotations

from pathlib import Path

from PIL import Image as Picture

from curation.analysis.analyse_image import analyse_image
from curation.analysis.look import look_at
from curation.consensus.duplicate_groups import duplicate_groups
from curation.duplicates.start_searches import start_searches
from curation.duplicates.tasks import find_duplicates_task
from curation.hints.labelled import worse_copies
from curation.images.models import Image
from curation.sources.add_source import add_source
from curation.sources.models import SourceKind
from curation.sources.start_import import import_now
from curation.subjects.models import Subject
from tests.conftest import DEMO
from tests.stories.analysis import analysis_of
from tests.stories.copies import KINDS, copy_of


def test_the_best_of_copies_is_the_one_that_the_site_suggests(
    subject: Subject, tmp_path: Path
) -> None:
    """Also of copies that are wider, or cropped so that the face is cut, or only larger."""
    original = Picture.open(DEMO / "portraits" / "ada_1.jpg").convert("RGB")
    for kind in KINDS:
        (tmp_path / f"{kind}.jpg").write_bytes(copy_of(original, kind))
    original.resize((original.width * 2, original.height)).save(tmp_path / "wide.png")
    import_now(
        source=add_source(subject=subject, label="demo", licence_note="MIT", actor=None),
        kind=SourceKind.FOLDER,
        path=tmp_path,
        given_as="copies",
        actor=None,
        on_progress=lambda _: None,
    )
    images = list(Image.objects.order_by("number"))
    for image in images:
        analyse_image(analysis_id=analysis_of(image).pk)
    start_searches()
    find_duplicates_task.func(subject.duplicate_search.pk)

    paths = [tmp_path / image.name for image in images]
    told = worse_copies([look_at(path.read_bytes(), []) for path in paths])

    groups = duplicate_groups(subject, viewer=None)
    assert {images[copy].number: images[best].number for copy, best in told.items()} == {
        member.number: group.best.number for group in groups for member in group.members[1:]
    }
    assert len(told) > len(KINDS) / 2
