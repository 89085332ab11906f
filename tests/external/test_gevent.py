"""A server in a process that gevent has patched before or after the import of mockserver."""

import subprocess
import sys

import pytest

PATCH = "from gevent import monkey; monkey.patch_all()\n"
IMPORT = "from mockserver import MockServer; import mockserver.web.app, mockserver.server\n"
USE = """
import json
import threading
import urllib.request

MESSAGE = {"conversation_id": "xgQQXg3hrtjh7AvZ", "message": "Good evening."}

def request(path, body=None):
    data = None if body is None else json.dumps(body).encode()
    headers = {**box.headers, "Content-Type": "application/json"}
    with urllib.request.urlopen(urllib.request.Request(box.url + path, data, headers)) as response:
        return response.read()

def wait():
    waits.append(json.loads(request("/_sandbox/inbox/hooks/wait", {"count": 2, "timeout": 60})))

for _ in range(2):
    with MockServer() as server:
        box = server.sandbox("box")
        box.webhooks.create(box.inboxes.url("hooks"))
        waits = []
        threads = [threading.Thread(target=wait) for _ in range(20)]
        for thread in threads:
            thread.start()
        for _ in range(2):
            request("/v1/messages", MESSAGE)
            request("/guide")
        for thread in threads:
            thread.join()
        assert all(result["verified"] for result in waits) and len(waits) == 20, waits
        assert box.deliveries.wait(timeout=60)["counts"]["delivered"] == 2
        with MockServer(url=server.url) as handle:
            assert len(handle.sandboxes()) == 2
    assert [thread.name for thread in threading.enumerate()] == ["MainThread"]
"""


@pytest.mark.external
@pytest.mark.parametrize("start", [PATCH + IMPORT, IMPORT + PATCH], ids=["before", "after"])
def test_a_server_works_in_a_process_that_gevent_has_patched(start: str) -> None:
    subprocess.run([sys.executable, "-c", start + USE], check=True, timeout=120)
