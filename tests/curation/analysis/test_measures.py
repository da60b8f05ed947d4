"""What pictures are sorted by says the same as what was seen in them."""

from __future__ import annotations

import pytest

from curation.analysis.analyse_image import analyse_image
from curation.analysis.forget import forget
from curation.images.measures import NOTHING_SEEN
from curation.images.models import Image, Measures
from tests.stories.analysis import AddPicture, analysis_of

pytestmark = pytest.mark.django_db


def measured(image: Image) -> dict[str, object]:
    return Measures.objects.values(*NOTHING_SEEN).get(image=image)


def test_a_picture_has_a_blank_row_from_intake_on(add_picture: AddPicture) -> None:
    image = add_picture("portraits/ada_1.jpg")
    row = Measures.objects.get(image=image)
    assert (row.subject, row.number) == (image.subject, image.number)
    assert measured(image) == NOTHING_SEEN


def test_the_row_holds_the_largest_face(add_picture: AddPicture) -> None:
    image = add_picture("portraits/ada_1.jpg")
    analysis = analysis_of(image)
    analyse_image(analysis_id=analysis.pk)
    face = analysis.faces.get()
    row = Measures.objects.get(image=image)
    assert row.num_faces == 1
    assert (row.yaw, row.pitch, row.sharpness) == (face.yaw, face.pitch, face.sharpness)
    assert row.face_size == min(face.right - face.left, face.bottom - face.top)
    assert row.brightness is not None
    assert 0.1 < row.brightness < 0.9


def test_what_is_forgotten_is_not_sorted_by(add_picture: AddPicture) -> None:
    image = add_picture("portraits/ada_1.jpg")
    analysis = analysis_of(image)
    analyse_image(analysis_id=analysis.pk)
    forget(analysis, image)
    assert measured(image) == NOTHING_SEEN
