"""What leaves the site: small, and only when it has changed."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client
from whitenoise.middleware import WhiteNoiseMiddleware

from curation.images.models import Image
from tests.stories.everything import Rank, World, address_of
from tests.stories.pictures import addresses_on

BROWSER = {"Accept-Encoding": "gzip, deflate, br"}


@pytest.fixture
def holder(world: World) -> Client:
    client = Client()
    client.force_login(world.people[Rank.HOLDER])
    return client


@pytest.fixture
def organiser_client(world: World) -> Client:
    client = Client()
    client.force_login(world.people[Rank.ORGANISER])
    return client


@pytest.mark.parametrize("route", ["api_desk", "desk", "project_manual"])
def test_pages_and_json_are_compressed(holder: Client, world: World, route: str) -> None:
    address = address_of(route, world.ids)
    plain = holder.get(address)
    small = holder.get(address, headers=BROWSER)
    assert small["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in small["Vary"]
    token = re.compile(rb'(csrfmiddlewaretoken" value="|nonce-)[^"]*')
    assert token.sub(b"", gzip.decompress(small.content)) == token.sub(b"", plain.content)
    assert len(small.content) < len(plain.content)


def test_pictures_are_not_compressed_again(
    organiser_client: Client, world: World, make_image: Callable[..., Image]
) -> None:
    page = organiser_client.get(address_of("images", world.ids)).content.decode()
    answer = organiser_client.get(addresses_on(page)[0], headers=BROWSER)
    assert answer.status_code == 200
    assert "Content-Encoding" not in answer


def test_the_length_of_a_page_does_not_tell_what_it_holds(holder: Client, world: World) -> None:
    manual = address_of("project_manual", world.ids)
    lengths = {len(holder.get(manual, headers=BROWSER).content) for _ in range(8)}
    assert len(lengths) > 1


@pytest.mark.parametrize("route", ["sources", "images", "runs"])
def test_a_live_page_that_did_not_change_is_not_sent_again(
    organiser_client: Client, world: World, route: str
) -> None:
    live = BROWSER | {"X-Live": "1"}
    address = address_of(route, world.ids)
    first = organiser_client.get(address, headers=live)
    assert first.status_code == 200
    again = organiser_client.get(address, headers=live | {"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    assert again.content == b""
    assert "ETag" not in organiser_client.get(address, headers=BROWSER)


def test_a_live_page_that_changed_is_sent(organiser_client: Client, world: World) -> None:
    live = {"X-Live": "1"}
    address = address_of("sources", world.ids)
    first = organiser_client.get(address, headers=live)
    world.people[Rank.ORGANISER].username = "otto the second"
    world.people[Rank.ORGANISER].save()
    again = organiser_client.get(address, headers=live | {"If-None-Match": first["ETag"]})
    assert again.status_code == 200
    assert again["ETag"] != first["ETag"]


@pytest.mark.parametrize("route", ["api_run", "api_run_losses"])
def test_a_run_that_stands_as_it_stood_is_not_sent_again(
    organiser_client: Client, world: World, route: str
) -> None:
    address = address_of(route, world.ids)
    first = organiser_client.get(address)
    assert first["Cache-Control"] == "private, no-cache"
    again = organiser_client.get(address, headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304


def test_the_scripts_of_the_desk_are_small() -> None:
    manifest = Path(settings.DJANGO_VITE["default"]["manifest_path"])
    if not manifest.exists():
        pytest.skip("the front end is not built")
    chunks = json.loads(manifest.read_text(encoding="utf-8"))
    needed, asked = set(), ["src/first/main.ts", "src/site/main.ts", "src/desk/main.tsx"]
    while asked:
        name = asked.pop()
        if name not in needed:
            needed.add(name)
            asked += chunks[name].get("imports", [])
    files = [manifest.parent / f"{chunks[name]['file']}.gz" for name in needed]
    assert sum(file.stat().st_size for file in files) <= 60_000


def test_assets_lie_compressed_and_are_kept_for_ever() -> None:
    built = finders.find("assets")
    if built is None or not list(Path(built).glob("*.js.br")):
        pytest.skip("the front end is not built")
    served = WhiteNoiseMiddleware(lambda _request: None)
    scripts = [url for url in served.files if re.match(r"/static/assets/main-.+\.js$", url)]
    assert scripts
    for url in scripts:
        asked = {"REQUEST_METHOD": "GET", "HTTP_ACCEPT_ENCODING": "gzip, br"}
        answer = served.files[url].get_response("GET", asked)
        headers = dict(answer.headers)
        assert headers["Content-Encoding"] == "br"
        assert "immutable" in headers["Cache-Control"]
        answer.file.close()
