"""`mockserver check determinism`: one hash in every process, whatever else the server does."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from typing import Any

import pytest

from mockserver import cli
from mockserver.checks import determinism
from mockserver.checks.determinism import HashingClient, run_session
from mockserver.web.app import create_app

#: The SHA-256 of all responses of the session, pinned here and nowhere else. It changes with
#: documented behaviour (fixtures, ids, error messages) and with nothing else. If such a change is
#: meant, replace it by the output of `mockserver check determinism`.
EXPECTED = "4478b814bbced303054e77be73aa4b75d9a0d3764cce0a8276724ac325b6984d"

BUSY_SANDBOXES = 8


@pytest.mark.parametrize("hash_seed", ["0", "1", "random"])
def test_the_hash_is_the_same_in_every_process(mockserver_command: str, hash_seed: str) -> None:
    done = subprocess.run(
        [mockserver_command, "check", "determinism"],
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (0, EXPECTED + "\n"), done


def test_busy_sandboxes_do_not_change_the_hash() -> None:
    app = create_app()
    failures: list[Exception] = []
    all_started = threading.Barrier(BUSY_SANDBOXES + 1)
    is_over = threading.Event()
    finished: list[int] = []

    def work(number: int) -> None:
        call = HashingClient(app.test_client(), f"busy{number}")
        try:
            group = call("POST", "groups", {"name": "Neighbours"})
            all_started.wait(60)
            round = 0
            while not is_over.is_set():
                call("PUT", f"groups/{group['id']}", {"name": f"Neighbours {round}"})
                call("POST", "contacts", {"username": f"N{round}", "phone_number": "1"})
                round += 1
            finished.append(round)
        except Exception as error:  # noqa: BLE001 - asserted below
            failures.append(error)
            all_started.abort()

    workers = [threading.Thread(target=work, args=(n,)) for n in range(BUSY_SANDBOXES)]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(0.0005)  # switch more often than by default, also within a request
    for worker in workers:
        worker.start()
    try:
        all_started.wait(60)
        hashes = [
            run_session(HashingClient(app.test_client(), f"idle{number}")) for number in range(3)
        ]
    finally:
        is_over.set()
        for worker in workers:
            worker.join()
        sys.setswitchinterval(interval)
    assert failures == []
    assert hashes == [EXPECTED] * 3
    assert len(finished) == BUSY_SANDBOXES


def test_different_responses_are_exit_code_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(determinism, "fingerprints", lambda: ("aaaa", "bbbb"))
    with pytest.raises(SystemExit) as ended:
        cli.main(["check", "determinism"], standalone_mode=False)
    assert ended.value.code == 1
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err == (
        "mockserver: two equal sandboxes gave different responses: aaaa and bbbb\n"
    )


def test_the_session_calls_all_25_endpoints() -> None:
    endpoints: set[tuple[str, str, bool]] = set()

    class RecordingClient(HashingClient):
        def __call__(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
            noun, _, record_id = path.partition("?")[0].partition("/")
            endpoints.add((method, noun, bool(record_id)))
            return super().__call__(method, path, body)

    run_session(RecordingClient(create_app().test_client(), "recorded"))
    nouns = ("contacts", "conversations", "groups", "messages", "attachments")
    of_items = {(method, noun, True) for method in ("GET", "PUT", "DELETE") for noun in nouns}
    of_lists = {(method, noun, False) for method in ("GET", "POST") for noun in nouns}
    assert endpoints == of_items | of_lists
    assert len(endpoints) == 25
