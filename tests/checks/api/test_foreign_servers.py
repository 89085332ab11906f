"""`mockserver check api` where no API answers: it says so, and ends."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.checks.api.foreign_servers import STRANGERS, Manner, Stranger

if TYPE_CHECKING:
    from tests.conftest import Client


@pytest.mark.parametrize("manner", STRANGERS, ids=lambda each: each.__name__)
def test_who_is_no_api_is_told_in_one_line(mockserver_command: str, manner: Manner) -> None:
    stranger = Stranger(manner)
    try:
        told = subprocess.run(
            [mockserver_command, "check", "api", stranger.url, "--token", "t", "--timeout", "0.5"],
            capture_output=True,
            text=True,
            timeout=60,
        )
    finally:
        stranger.stop()
    assert (told.returncode, told.stdout) == (1, "")
    [line] = told.stderr.splitlines()
    assert STRANGERS[manner] in line
    assert line.isprintable()


def test_a_server_without_tls_is_told_so(mockserver_command: str, client: Client) -> None:
    url = f"{client.url}/v1".replace("http:", "https:")
    told = subprocess.run(
        [mockserver_command, "check", "api", url, "--token", "t"],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (told.returncode, told.stdout) == (1, "")
    assert "speaks no TLS; is it http:// ?" in told.stderr
