"""The machine looks at pictures and keeps what it saw, once, whole, or not at all."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import numpy as np
import pytest
from django.utils import timezone
from PIL import Image as Picture

from curation import store
from curation.analysis import analyse_image as module
from curation.analysis import start_analysis
from curation.analysis.analyse_image import analyse_image
from curation.analysis.models import Analysis, AnalysisProblem, Face
from curation.analysis.start_analysis import start_missing_analyses
from curation.images.derived import Derived
from curation.images.models import Image
from curation.jobs import JobState
from curation.subjects.models import Subject
from curation.vision.decode import decode
from curation.vision.hashes import face_hash, picture_hash
from curation.vision.sketch import sketch_of
from tests.conftest import DEMO
from tests.stories.analysis import AddPicture, analysis_of

MakeImage = Callable[..., Image]


def look(image: Image) -> Analysis:
    analysis = analysis_of(image)
    analyse_image(analysis_id=analysis.pk)
    analysis.refresh_from_db()
    return analysis


def test_a_portrait_has_one_face_and_all_that_people_need(add_picture: AddPicture) -> None:
    image = add_picture("portraits/ada_1.jpg")

    analysis = look(image)

    assert analysis.state == JobState.DONE
    assert analysis.vision_version == start_analysis.VISION_VERSION
    rgb = decode(store.get(image.sha256)).rgb
    assert int(analysis.perceptual_hash, 16) == picture_hash(rgb)
    (face,) = analysis.faces.all()
    landmarks = np.frombuffer(face.landmarks, "<f4").reshape(68, 2)
    assert int(face.perceptual_hash, 16) == face_hash(rgb, landmarks)
    sketch = sketch_of(rgb, (face.left, face.top, face.right, face.bottom))
    assert np.array_equal(analysis.sketch.value().gray, sketch.gray)
    assert analysis.sketch.value().face == sketch.face
    assert face.left < landmarks[:, 0].mean() < face.right
    assert face.top < landmarks[:, 1].mean() < face.bottom
    descriptor = np.frombuffer(face.descriptor, "<f4")
    assert descriptor.shape == (128,)
    assert np.linalg.norm(descriptor) > 0.5
    assert abs(face.yaw) < 60
    assert face.sharpness > 0


@pytest.mark.parametrize(("kind", "longest"), [(Derived.THUMB, 320), (Derived.PREVIEW, 1440)])
def test_smaller_copies_are_webp_without_metadata(
    add_picture: AddPicture, kind: Derived, longest: int
) -> None:
    image = add_picture("portraits/ada_1.jpg")
    look(image)
    with store.open_derived(image.sha256, kind.value) as file:
        copy = Picture.open(BytesIO(file.read()))
    assert copy.format == "WEBP"
    assert max(copy.size) == min(longest, max(image.width, image.height))
    assert not copy.getexif()


def test_two_pictures_of_one_person_are_closer_than_of_two(add_picture: AddPicture) -> None:
    def descriptor(path: str) -> np.ndarray:
        return np.frombuffer(look(add_picture(path)).faces.get().descriptor, "<f4")

    ada, again, bob = map(
        descriptor, ("portraits/ada_1.jpg", "portraits/ada_2.jpg", "portraits/bob_1.jpg")
    )
    assert np.linalg.norm(ada - again) < 0.6 < np.linalg.norm(ada - bob)


def test_looking_again_changes_nothing(add_picture: AddPicture) -> None:
    analysis = look(add_picture("portraits/ada_1.jpg"))
    face = analysis.faces.get().pk
    analyse_image(analysis_id=analysis.pk)
    assert analysis.faces.get().pk == face


def test_a_picture_without_anybody_has_no_face(make_image: MakeImage) -> None:
    image = make_image()
    portrait = Picture.open(DEMO / "portraits" / "ada_1.jpg")
    clothes = BytesIO()
    portrait.crop((0, 650, portrait.width, portrait.height)).save(clothes, "PNG")
    image.sha256 = store.put(clothes.getvalue())
    image.save(update_fields=["sha256"])
    analysis = look(image)
    assert analysis.state == JobState.DONE
    assert not analysis.faces.exists()


def test_missing_bytes_are_a_failure_with_a_sentence(make_image: MakeImage) -> None:
    image = make_image()
    Image.objects.filter(pk=image.pk).update(sha256="0" * 64)
    analysis = look(image)
    assert (analysis.state, analysis.problem) == (JobState.FAILED, AnalysisProblem.BYTES_MISSING)
    assert analysis.sentence.endswith(".")


def test_bytes_that_are_no_picture_are_a_failure_with_a_sentence(make_image: MakeImage) -> None:
    image = make_image()
    Image.objects.filter(pk=image.pk).update(sha256=store.put(b"no picture"))
    analysis = look(image)
    assert (analysis.state, analysis.problem) == (JobState.FAILED, "not_a_picture")


def test_without_consent_nothing_is_looked_at_until_there_is_one(
    make_image: MakeImage, subject: Subject
) -> None:
    image = make_image()
    analysis = analysis_of(image)
    subject.consents.update(covers_curate=False)

    analyse_image(analysis_id=analysis.pk)

    assert not Analysis.objects.exists()
    with pytest.raises(FileNotFoundError):
        store.open_derived(image.sha256, Derived.THUMB.value)
    assert start_missing_analyses() == 0
    subject.consents.update(covers_curate=True)
    assert start_missing_analyses() == 1


def test_a_job_in_other_hands_is_left_alone(make_image: MakeImage) -> None:
    analysis = analysis_of(make_image())
    assert Analysis.claim(analysis.pk) is not None
    analyse_image(analysis_id=analysis.pk)
    analysis.refresh_from_db()
    assert (analysis.state, analysis.attempt) == (JobState.RUNNING, 1)


def test_a_newer_version_of_the_eye_replaces_what_was_seen(
    add_picture: AddPicture, monkeypatch: pytest.MonkeyPatch
) -> None:
    analysis = look(add_picture("portraits/ada_1.jpg"))
    old_face = analysis.faces.get().pk
    assert start_missing_analyses() == 0
    newer = start_analysis.VISION_VERSION + 1
    monkeypatch.setattr(start_analysis, "VISION_VERSION", newer)
    monkeypatch.setattr(module, "VISION_VERSION", newer)

    assert start_missing_analyses() == 1
    analyse_image(analysis_id=analysis.pk)

    analysis.refresh_from_db()
    assert analysis.vision_version == newer
    assert Face.objects.exclude(pk=old_face).count() == Face.objects.count() == 1


def test_a_purged_picture_is_not_looked_at(make_image: MakeImage) -> None:
    image = make_image()
    Image.objects.filter(pk=image.pk).update(purged_at=timezone.now())
    look_later = analysis_of(image)
    analyse_image(analysis_id=look_later.pk)
    assert not Analysis.objects.exists()
    assert start_missing_analyses() == 0
