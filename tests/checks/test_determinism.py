"""The promise of equal bytes: one hash, whatever the process, its hash seed and its neighbours."""

from __future__ import annotations

import os
import subprocess
import threading
from typing import Any

import pytest

from mockserver.checks.determinism import Caller, session
from mockserver.web.app import create_app

#: The SHA-256 of all answers of the scripted session. It changes with the documented behaviour
#: (fixtures, messages, ids) and with nothing else: pin it again only for a change that was meant.
PROMISED = "99cff6a086a815c56abca5150b232b7952cc0e2ca403961a66f4e2e3bcfe24fc"

BUSY = 8


@pytest.mark.parametrize("hash_seed", ["0", "1", "random"])
def test_it_prints_the_promised_hash(mockserver_command: str, hash_seed: str) -> None:
    done = subprocess.run(
        [mockserver_command, "check", "determinism"],
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (0, PROMISED + "\n"), done


def test_neighbours_at_work_change_nothing() -> None:
    """The session's own requests interleave with those of sandboxes that do the same and more."""
    app = create_app()
    failures: list[Exception] = []
    begun = threading.Barrier(BUSY + 1)
    enough = threading.Event()
    laps: list[int] = []

    def work(number: int) -> None:
        client = app.test_client()
        call = Caller(client, f"busy{number}")
        try:
            made = call("POST", "groups", {"name": "Neighbours"})
            begun.wait(60)
            lap = 0
            while not enough.is_set():
                call("PUT", f"groups/{made['id']}", {"name": f"Neighbours {lap}"})
                call("POST", "contacts", {"username": f"N{lap}", "phone_number": "1"})
                lap += 1
            laps.append(lap)
        except Exception as error:  # noqa: BLE001 - it is told below
            failures.append(error)
            begun.abort()

    workers = [threading.Thread(target=work, args=(number,)) for number in range(BUSY)]
    for worker in workers:
        worker.start()
    try:
        begun.wait(60)
        hashes = [session(Caller(app.test_client(), f"calm{number}")) for number in range(3)]
    finally:
        enough.set()
        for worker in workers:
            worker.join()
    assert failures == []
    assert hashes == [PROMISED] * 3
    assert len(laps) == BUSY


def test_an_answer_that_differs_is_exit_code_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from mockserver import cli
    from mockserver.checks import determinism

    monkeypatch.setattr(determinism, "fingerprints", lambda: ("aaaa", "bbbb"))
    with pytest.raises(SystemExit) as ended:
        cli.main(["check", "determinism"], standalone_mode=False)
    assert ended.value.code == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err == ("mockserver: two equal sandboxes gave different responses: aaaa and bbbb\n")


def test_the_session_visits_all_25_endpoints() -> None:
    visited: set[tuple[str, str, bool]] = set()

    class Recorder(Caller):
        def __call__(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
            noun, _, record_id = path.partition("?")[0].partition("/")
            visited.add((method, noun, bool(record_id)))
            return super().__call__(method, path, body)

    session(Recorder(create_app().test_client(), "recorded"))
    nouns = ("contacts", "conversations", "groups", "messages", "attachments")
    of_item = {(method, noun, True) for method in ("GET", "PUT", "DELETE") for noun in nouns}
    of_list = {(method, noun, False) for method in ("GET", "POST") for noun in nouns}
    assert visited == of_item | of_list
    assert len(visited) == 25
