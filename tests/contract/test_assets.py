"""The two settings of asset URLs (reference.md, "Attachment")."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from mockserver.settings import Settings

if TYPE_CHECKING:
    from mockserver.server import Server
    from tests.conftest import HttpResponse
    from tests.contract.conftest import Api

FRANK, PLAZA, DIRECT = "WAz8eIbvDR60rouK", "l7cGNIBKZiNJ6wqF", "xgQQXg3hrtjh7AvZ"
INVOICE = "Nc6yKKMpcxiiFxp6"
DOCUMENTED = "https://assets.protocol.chat/"
KINDS = ("contacts", "groups", "messages", "attachments")


@pytest.fixture(scope="session")
def local_server(serve: Callable[..., Server]) -> Server:
    return serve(Settings(assets="local"))


@pytest.fixture
def local(local_server: Server, client_of: Callable[..., Api], numbers: Iterator[int]) -> Api:
    """A client of a server with local asset URLs."""
    return client_of(local_server, f"sandbox_local_{next(numbers)}")


def fetch(client: Api, url: str) -> HttpResponse:
    """Request a local URL as a browser does, without credentials."""
    assert url.startswith(f"{client.url}/_assets/")
    response = client.get(url.removeprefix(client.url), headers={"Authorization": ""})
    if response.status == 200:
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        policy = response.headers["Content-Security-Policy"].split("; ")
        assert {"sandbox", "default-src 'none'"} <= set(policy)
        assert response.headers["Content-Length"] == str(len(response.data))
    return response


def urls(value: Any) -> Iterator[str]:
    """Yield every avatar_url and file_url in a response."""
    if isinstance(value, list):
        for item in value:
            yield from urls(item)
    elif isinstance(value, dict):
        for name, nested in value.items():
            if name in ("avatar_url", "file_url") and isinstance(nested, str):
                yield nested
            else:
                yield from urls(nested)


def upload(client: Api, filename: str, content: bytes, media_type: str) -> Any:
    parts = [("file", (filename, content, media_type))]
    return client.post("/v1/attachments", multipart=parts).json


@pytest.mark.parametrize("kind", KINDS)
def test_by_default_urls_are_as_documented(client: Api, kind: str) -> None:
    found_urls = list(urls(client.walk(f"/v1/{kind}")))
    assert found_urls
    assert all(url.startswith(DOCUMENTED) for url in found_urls)


@pytest.mark.parametrize("kind", KINDS)
def test_local_asset_urls_point_to_this_server_and_work(local: Api, kind: str) -> None:
    found_urls = set(urls(local.walk(f"/v1/{kind}")))
    assert found_urls
    sandbox = local.token.removeprefix("sandbox_")
    for url in found_urls:
        assert url.startswith(f"{local.url}/_assets/{sandbox}/")
        response = fetch(local, url)
        assert (response.status, bool(response.data)) == (200, True)


def test_asset_url_settings_differ_in_urls_only(client: Api, local: Api) -> None:
    def blank(value: Any) -> Any:
        if isinstance(value, list):
            return [blank(item) for item in value]
        if isinstance(value, dict):
            urls = {name: None for name in ("avatar_url", "file_url") if name in value}
            return {name: blank(nested) for name, nested in value.items()} | urls
        return value

    for kind in (*KINDS, "conversations"):
        assert blank(local.walk(f"/v1/{kind}")) == blank(client.walk(f"/v1/{kind}"))


def test_the_url_of_a_file_names_sandbox_id_and_filename(local: Api) -> None:
    shared = type(local)(local.url, "any", local.pool)
    for client, sandbox in ((local, local.token.removeprefix("sandbox_")), (shared, "default")):
        attachment = client.upload("a b.txt")
        path = f"/_assets/{sandbox}/attachments/{attachment['id']}/a%20b.txt"
        assert attachment["file_url"] == local.url + path
        assert fetch(local, attachment["file_url"]).status == 200


def test_responses_have_local_urls_but_storage_does_not(
    local: Api,
) -> None:
    avatar = f"{DOCUMENTED}avatars/gus.png"
    gus = local.contact(avatar_url=avatar)
    retrieved = local.retrieve("contacts", gus["id"])
    group = local.group(contacts=[gus["id"]], avatar_url=avatar)
    changed = local.change("groups", group["id"], name="x")
    file = local.upload("a.txt")
    sent = local.send(DIRECT, attachments=[file["id"]])
    renamed = local.change("attachments", file["id"], filename="b.txt")
    for response in (gus, retrieved, group, changed, file, sent, renamed):
        assert all(url.startswith(local.url) for url in urls(response))
    assert gus["avatar_url"] == group["avatar_url"] == group["contacts"][0]["avatar_url"]
    # Sending back a local URL stores the documented one.
    local.change("groups", group["id"], avatar_url=group["avatar_url"])
    assert local.retrieve("groups", group["id"])["avatar_url"] == group["avatar_url"]


@pytest.mark.parametrize(
    "url",
    [
        "https://a.example/avatars/frank.jpg",
        "http://assets.protocol.chat/avatars/frank.jpg",
        "https://assets.protocol.chat.evil.example/avatars/x.png",
        "https://a.example/?u=https://assets.protocol.chat/avatars/frank.jpg",
    ],
)
def test_urls_of_other_hosts_are_left_alone(local: Api, url: str) -> None:
    assert local.contact(avatar_url=url)["avatar_url"] == url


@pytest.mark.parametrize(
    "path",
    [
        "avatars/gus.png",
        "avatars/deep/er/gus.png",
        "avatars/gus.png?size=2&x=é#top",
        "avatars/%E2%98%83.png",
        "avatars/☃ no".replace(" ", "%20"),
        "avatars/",
        "avatars",
        "people/gus.png",
        "attachments/gus.png",
        "gus.png",
        "",
        "?x",
        "#x",
    ],
)
def test_any_avatar_of_the_documented_host_is_served(local: Api, path: str) -> None:
    gus = local.contact(avatar_url=DOCUMENTED + path)
    assert fetch(local, gus["avatar_url"].partition("#")[0]).status == 200


def test_reactions_named_like_urls_are_left_alone(local: Api) -> None:
    names = {name: [f"{DOCUMENTED}avatars/x.png"] for name in ("avatar_url", "file_url", "id")}
    changed = local.change("messages", "SIuAFUNKdSYHZF2w", reactions=names)
    assert changed["reactions"] == [{name: value} for name, value in names.items()]


@pytest.mark.parametrize("host", ["localhost", "app.localhost"])
def test_local_urls_use_the_request_host(local: Api, host: str) -> None:
    port = urlsplit(local.url).port
    headers = {"Host": f"{host}:{port}"}
    contact = local.get(f"/v1/contacts/{FRANK}", headers=headers).json
    assert contact["avatar_url"].startswith(f"http://{host}:{port}/_assets/")
