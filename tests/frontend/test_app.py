"""The site beside the apps of a phone: its manifest, its icons, its service worker."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from PIL import Image, ImageChops

from tests.stories.mark import FILES, ICONS, draw

PUBLIC = ICONS.parent
APPS = ["app.en.webmanifest", "app.zh.webmanifest"]


@pytest.mark.parametrize("name", FILES)
def test_the_icons_are_the_mark(name: str) -> None:
    with Image.open(ICONS / name) as kept:
        difference = ImageChops.difference(kept.convert("RGB"), draw(*FILES[name]))
    assert max(high for _low, high in difference.getextrema()) <= 2


@pytest.mark.parametrize("name", APPS)
def test_the_manifest_names_what_is_there(name: str) -> None:
    app = json.loads((PUBLIC / name).read_text())
    assert app["display"] == "standalone"
    assert (app["start_url"], app["scope"], app["id"]) == ("/", "/", "/")
    for icon in app["icons"]:
        path = PUBLIC / Path(icon["src"]).relative_to("/static")
        with Image.open(path) as picture:
            assert "x".join(map(str, picture.size)) == icon["sizes"]
    assert {icon["purpose"] for icon in app["icons"]} == {"any", "maskable"}


@pytest.mark.django_db
def test_each_page_names_the_manifest_of_its_language(client: Client) -> None:
    english = client.get("/accounts/login/", headers={"accept-language": "en"})
    assert b"/static/app.en.webmanifest" in english.content
    chinese = client.get("/accounts/login/", headers={"accept-language": "zh-CN"})
    assert b"/static/app.zh.webmanifest" in chinese.content


def test_the_service_worker_is_a_script_for_the_whole_site(client: Client) -> None:
    if finders.find("worker.js") is None:
        pytest.skip("the front end was not built: make install")
    answer = client.get("/sw.js")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/javascript"
    assert answer["Cache-Control"] == "no-cache"
    assert "default-src 'self'" in answer["Content-Security-Policy"]
    assert client.post("/sw.js").status_code == 405
