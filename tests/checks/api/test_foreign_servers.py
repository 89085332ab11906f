"""`mockserver check api` of a server that is not an API ends in time, with one error."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from mockserver.checks.api.api_client import ApiClient
from mockserver.checks.api.http import HttpClient, parse_base_url
from mockserver.checks.api.runner import NotAnApi, run
from tests.checks.api.foreign_servers import BEHAVIOURS, Behaviour, ForeignServer

if TYPE_CHECKING:
    from tests.conftest import Client


@pytest.mark.parametrize("behaviour", BEHAVIOURS, ids=lambda behaviour: behaviour.__name__)
def test_a_foreign_server_is_one_error(behaviour: Behaviour) -> None:
    expected = BEHAVIOURS[behaviour]
    server = ForeignServer(behaviour)
    try:
        url, timeout = parse_base_url(server.url), 0.5 if expected.endswith(" s") else 30
        http = HttpClient(url, "t", timeout, wait=lambda seconds: None)
        with pytest.raises(NotAnApi) as error:
            run(ApiClient(http), [])
    finally:
        http.close()
        server.stop()
    assert expected in str(error.value)
    assert str(error.value).isprintable()


def test_https_to_an_http_server_is_one_error(mockserver_command: str, client: Client) -> None:
    url = f"{client.url}/v1".replace("http:", "https:")
    done = subprocess.run(
        [mockserver_command, "check", "api", url, "--token", "t"],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (1, "")
    [line] = done.stderr.splitlines()
    assert line.startswith(f"mockserver: no response from {url}: ")
    assert line.endswith("the server does not use TLS; use http:// in the URL")
