"""Tests of a user that replace the file system with pyfakefs while a server runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.pytest_plugin.conftest import Project

TESTS = r"""
    import json
    import re
    import urllib.request

    from mockserver import MockServer

    STARTS = "/", "/docs", "/fidelity", "/openapi.json", "/_sandbox/openapi.json"
    MESSAGE = {"conversation_id": "xgQQXg3hrtjh7AvZ", "message": "Good evening."}

    def links(root):
        '''Request all pages, and return the paths of what they link to.'''
        paths, seen = [*STARTS], set()
        while paths:
            path = paths.pop()
            if path not in seen:
                seen.add(path)
                with urllib.request.urlopen(root + path) as response:
                    text = response.read().decode("latin-1")
                    if response.headers["Content-Type"].startswith("text/html"):
                        paths += re.findall(r'(?:href|src)="(/[^"#?]*)', text)
        return seen

    def use(sandbox):
        '''Use features that load modules and data when first used.'''
        sandbox.webhooks.create(sandbox.inboxes.url("hooks"))
        with sandbox.expect(created={"message": 1}):
            assert sandbox.call("POST", "/v1/messages", json=MESSAGE).status == 201
        assert sandbox.inboxes.wait("hooks", timeout=30)["verified"]
        sandbox.bots.start("office")
        sandbox.clock.advance(3600)
        sandbox.state.load(sandbox.state.export())

    def test_pages(fs, mockserver):
        paths = links(mockserver.url)
        assert {"/guide/faults", "/docs/swagger-ui.css", "/dashboard/scripts/start.js"} <= paths

    def test_a_sandbox(fs, sandbox):
        use(sandbox)

    def test_a_new_server_and_the_files_of_a_test(fs):
        with MockServer(bots="office") as server:
            use(server.sandbox("used"))
            fs.create_file("/state.json", contents=json.dumps(server.default.state.export()))
            server.sandbox("loaded", state="/state.json")
        with MockServer(fixtures="/state.json", seed="other") as server:
            use(server.sandbox("used"))

    def test_without_pyfakefs_afterwards(sandbox, mockserver):
        use(sandbox)
        links(mockserver.url)
        with MockServer() as server:
            use(server.sandbox("used"))
"""


def test_pages_and_sandboxes_work_without_a_file_system(project: Project) -> None:
    project.write("test_it.py", TESTS)
    project.run_process().assert_outcomes(passed=4)
