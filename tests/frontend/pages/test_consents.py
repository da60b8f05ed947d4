"""The consents' page: recorded and withdrawn there, its evidence for admins only."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from curation.projects.models import Project, User
from curation.subjects.gate import is_covered
from curation.subjects.models import Act, Consent, Subject
from tests.stories.subjects import TODAY, record

ROOM = "/projects/fans/subjects/bob/"


def upload(name: str = "release.pdf", content: bytes = b"%PDF-1.7 signed") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="application/pdf")


def posted(**changed: object) -> dict[str, object]:
    """What the form sends."""
    given: dict[str, object] = {
        "basis": "written_release",
        "acts": ["curate", "publish"],
        "signed_by": "Bob",
        "evidence": upload(),
        "valid_from": TODAY.isoformat(),
        "valid_until": "",
    }
    return given | changed


def test_the_page_records_and_withdraws(bob: Subject, admin: User, client: Client) -> None:
    client.force_login(admin)
    page = client.post(f"{ROOM}consents/", posted(), follow=True)
    text = page.content.decode()
    assert "The consent was recorded." in text
    assert "in force" in text
    consent = Consent.objects.get()
    assert consent.acts == [Act.CURATE, Act.PUBLISH]
    path = f"{ROOM}consents/{consent.pk}/withdraw/"
    page = client.post(path, {"note": "hasty"}, follow=True)
    assert "Nothing was withdrawn" in page.content.decode()
    assert is_covered(bob, Act.CURATE)
    page = client.post(path, {"note": "sure", "sure": "on"}, follow=True)
    assert "withdrawn, with immediate effect" in page.content.decode()
    assert not is_covered(bob, Act.CURATE)


def test_the_form_keeps_what_was_typed(bob: Subject, admin: User, client: Client) -> None:
    client.force_login(admin)
    page = client.post(f"{ROOM}consents/", posted(evidence=upload(content=b"\0\1")))
    assert "must be a PDF" in page.content.decode()
    assert 'value="Bob"' in page.content.decode()
    page = client.post(f"{ROOM}consents/", posted(acts=[]))
    assert "This field is required" in page.content.decode()
    assert not Consent.objects.exists()


def test_the_form_offers_the_projects_today_and_today_is_in_force(
    bob: Subject, admin: User, client: Client
) -> None:
    # One of the two has another day than UTC at any moment.
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
        Project.objects.update(time_zone=zone)
        today = dt.datetime.now(ZoneInfo(zone)).date().isoformat()
        client.force_login(admin)
        page = client.get(f"{ROOM}consents/").content.decode()
        assert f'name="valid_from" value="{today}"' in page
        assert zone in page
        client.post(f"{ROOM}consents/", posted(valid_from=today, valid_until=today))
        assert is_covered(bob, Act.CURATE)
        Consent.objects.all().delete()


def test_organisers_read_but_do_not_change(
    bob: Subject, admin: User, organiser: User, volunteer: User, client: Client
) -> None:
    consent = record(bob, admin)
    client.force_login(organiser)
    text = client.get(f"{ROOM}consents/").content.decode()
    assert "Bob himself" in text
    assert "/withdraw/" not in text
    assert "/evidence/" not in text
    assert client.post(f"{ROOM}consents/", posted()).status_code == 403
    withdraw = f"{ROOM}consents/{consent.pk}/withdraw/"
    assert client.post(withdraw, {"sure": "on"}).status_code == 403
    assert client.get(f"{ROOM}consents/{consent.pk}/evidence/").status_code == 403
    client.force_login(volunteer)
    assert client.get(f"{ROOM}consents/").status_code == 403


def test_evidence_is_a_download_for_admins(bob: Subject, admin: User, client: Client) -> None:
    consent = record(bob, admin, evidence=b"<script>x</script>", evidence_name="页.html")
    client.force_login(admin)
    served = client.get(f"{ROOM}consents/{consent.pk}/evidence/")
    assert served.headers["Content-Disposition"].startswith("attachment")
    assert served.headers["Content-Type"] == "application/octet-stream"
    assert served.headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in served.headers["Cache-Control"]
    assert served.getvalue() == b"<script>x</script>"


def test_consents_of_another_subject_are_out_of_reach(
    bob: Subject, subject: Subject, admin: User, client: Client
) -> None:
    of_ada = subject.consents.get()
    client.force_login(admin)
    assert client.get(f"{ROOM}consents/{of_ada.pk}/evidence/").status_code == 404
    path = f"{ROOM}consents/{of_ada.pk}/withdraw/"
    assert client.post(path, {"sure": "on"}).status_code == 404
    assert is_covered(subject, Act.CURATE)
