"""People and things that most stories begin with."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from PIL import Image as Picture

from curation import store
from curation.images.measures import blank_measures
from curation.images.models import Image
from curation.manual.first_version import write_first_version
from curation.manual.models import ManualVersion
from curation.projects.models import Membership, Project, Role, User
from curation.subjects.models import Basis, Consent, Subject
from curation.subjects.picture_epoch import EPOCHS

pytest_plugins = [
    "tests.stories.analysis",
    "tests.stories.buckets",
    "tests.stories.everything",
    "tests.stories.people",
    "tests.stories.releases",
    "tests.stories.runs",
    "tests.stories.sources",
    "tests.stories.subjects",
    "tests.stories.web_site",
]

DATABASE_ONLY = "--database-only"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(DATABASE_ONLY, action="store_true", help="only the tests that use a database")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption(DATABASE_ONLY):
        return
    others = [item for item in items if not _uses_database(item)]
    config.hook.pytest_deselected(items=others)
    items[:] = [item for item in items if _uses_database(item)]


def _uses_database(item: pytest.Item) -> bool:
    fixtures = {"db", "transactional_db"} & set(getattr(item, "fixturenames", ()))
    return bool(fixtures) or item.get_closest_marker("django_db") is not None


DEMO = Path(__file__).resolve().parent.parent / "demo"
SYNTHETIC = Path(__file__).resolve().parents[2] / "shared" / "data" / "synthetic"


@pytest.fixture(scope="session")
def synthetic() -> Path:
    """The large set of renders with known answers, where the checkout has it beside it."""
    if not SYNTHETIC.is_dir():
        pytest.skip("the synthetic set does not lie beside this checkout")
    return SYNTHETIC


@pytest.fixture(autouse=True)
def objects(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Every test keeps its bytes in a folder of its own."""
    folder = tmp_path / "objects"
    monkeypatch.setattr(default_storage, "_location", str(folder), raising=False)
    for cached in ("base_location", "location"):
        default_storage._wrapped.__dict__.pop(cached, None)
    yield folder
    for cached in ("base_location", "location"):
        default_storage._wrapped.__dict__.pop(cached, None)


@pytest.fixture(autouse=True)
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What is kept beside the store lies in a folder of the test's own as well."""
    monkeypatch.setattr(settings, "DATA_DIR", tmp_path)
    return tmp_path


@pytest.fixture(autouse=True)
def epochs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rights are read anew for each picture: most tests commit nothing, so no doorbell rings."""
    monkeypatch.setattr("curation.subjects.picture_epoch.REFRESH_SECONDS", 0.0)
    EPOCHS.forget()


@pytest.fixture(autouse=True)
def manual(request: pytest.FixtureRequest) -> None:
    """Every database has the manual that its migrations wrote.

    A test with transactions of its own empties all tables at its end, so the next one that uses
    the database finds the manual written again.
    """
    if "db" in request.fixturenames or request.node.get_closest_marker("django_db"):
        request.getfixturevalue("db")
        if not ManualVersion.objects.exists():
            write_first_version()


def make_member(project: Project, name: str, role: Role) -> User:
    """A person with a role in the project; the password is their name."""
    user = User.objects.create_user(name, password=name)
    Membership.objects.create(project=project, user=user, role=role)
    return user


@pytest.fixture
def project(db: None) -> Project:
    return Project.objects.create(slug="fans", name="Fans of nobody")


@pytest.fixture
def volunteer(project: Project) -> User:
    return make_member(project, "vera", Role.VOLUNTEER)


@pytest.fixture
def organiser(project: Project) -> User:
    return make_member(project, "otto", Role.ORGANISER)


@pytest.fixture
def admin(project: Project) -> User:
    return make_member(project, "anna", Role.ADMIN)


@pytest.fixture
def stranger(db: None) -> User:
    """The organiser of another project."""
    other = Project.objects.create(slug="others", name="Other people")
    return make_member(other, "sven", Role.ORGANISER)


def make_consent(subject: Subject, by: User, **changed: object) -> Consent:
    """A consent to everything from yesterday on, unless `changed` says otherwise."""
    given: dict[str, object] = {
        "basis": Basis.INVENTED_PERSON,
        "covers_curate": True,
        "covers_train": True,
        "covers_publish": True,
        "signed_by": "nobody",
        "evidence_sha256": store.put(b"evidence"),
        "evidence_name": "evidence.txt",
        "valid_from": dt.datetime.now(dt.UTC).date() - dt.timedelta(days=1),
        "recorded_by": by,
    }
    return Consent.objects.create(subject=subject, **(given | changed))


@pytest.fixture
def subject(project: Project, admin: User) -> Subject:
    """Ada, who is invented and whose consent covers everything."""
    ada = Subject.objects.create(project=project, slug="ada", name="Ada")
    make_consent(ada, admin)
    return ada


def picture_bytes(seed: int = 0, *, size: tuple[int, int] = (48, 40), format: str = "PNG") -> bytes:  # noqa: A002, Pillow's word
    """A small real picture, different for every seed."""
    pixels = np.random.default_rng(seed).integers(0, 255, (size[1], size[0], 3), dtype=np.uint8)
    buffer = BytesIO()
    Picture.fromarray(pixels).save(buffer, format)
    return buffer.getvalue()


@pytest.fixture
def make_image(subject: Subject) -> Callable[..., Image]:
    """Puts a picture with real bytes and the next number into a subject, without an import."""
    seeds = itertools.count(1000)

    def make(*, of: Subject | None = None, name: str = "图 1.png") -> Image:
        data = picture_bytes(next(seeds))
        owner = of or subject
        owner.refresh_from_db()
        owner.last_number += 1
        owner.save(update_fields=["last_number"])
        digest = store.put(data)
        image = Image.objects.create(
            subject=owner,
            number=owner.last_number,
            name=name,
            sha256=digest,
            size_bytes=len(data),
            bare_sha256=digest,
            bare_size_bytes=len(data),
            bare_format="PNG",
            width=48,
            height=40,
            format="PNG",
        )
        blank_measures(image).save(force_insert=True)
        return image

    return make
