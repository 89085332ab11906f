"""The deployment files: their linters accept them, and the Dockerfile and recipes run."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path
from typing import Any

import pytest

from tests.external.conftest import Install

ROOT = Path(__file__).parents[3]
DEPLOY = ROOT / "mockserver" / "deploy"
SCRIPTS = Path(sys.executable).parent
SAMPLE = """
def test_the_server_answers(sandbox):
    assert sandbox.call("GET", "/v1/contacts").status == 200
"""

pytestmark = pytest.mark.external


def run(*command: object, **options: Any) -> str:
    words = [str(word) for word in command]
    done = subprocess.run(words, capture_output=True, text=True, timeout=240, **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return str(done.stdout)


@pytest.mark.parametrize(
    "command",
    [
        "hadolint Dockerfile",
        "check-jsonschema --builtin-schema vendor.compose-spec compose.yaml",
        "check-jsonschema --builtin-schema vendor.github-workflows github-actions.yml",
        "check-jsonschema --builtin-schema vendor.gitlab-ci gitlab-ci.yml",
        "kubernetes-validate --strict kubernetes.yaml",
    ],
)
def test_a_file_is_valid(command: str) -> None:
    tool, *words = command.split()
    run(SCRIPTS / tool, *words, cwd=DEPLOY)


def test_the_container_runs_restricted_and_stops_by_a_signal(tmp_path: Path) -> None:
    if subprocess.run(["unshare", "--mount", "true"], capture_output=True).returncode:
        pytest.skip("this system does not allow namespaces")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, tmp_path)
    for name in ("mockserver", "fixtures"):
        shutil.copytree(ROOT / name, tmp_path / name)
    container = Path(__file__).with_name("container.py")
    command = ("unshare", "--mount", sys.executable, container)
    result = json.loads(run(*command, DEPLOY / "Dockerfile", tmp_path, sys.base_prefix))
    assert result["url"] == "http://127.0.0.1:4242"
    assert (result["pid"], result["user"], int(result["capabilities"], 16)) == (1, "10001", 0)
    assert (result["health"], result["health_error"]) == (0, "")
    assert "Read-only file system" in result["write_error"]
    assert result["exit_code"] == 0, result["log"]


def test_the_recipes_run_line_by_line(tmp_path: Path) -> None:
    actions = re.findall(r"^ +- run: (.+)$", (DEPLOY / "github-actions.yml").read_text(), re.M)
    gitlab = re.findall(r"^    - (.+)$", (DEPLOY / "gitlab-ci.yml").read_text(), re.M)
    assert actions == gitlab
    run(sys.executable, "-m", "build", "--wheel", "--outdir", tmp_path / "dist", cwd=ROOT)
    venv.create(tmp_path / "venv", with_pip=True)
    environment = {
        **os.environ,
        "PATH": f"{tmp_path / 'venv' / 'bin'}:{os.environ['PATH']}",
        "PIP_FIND_LINKS": str(tmp_path / "dist"),  # the package is not yet on PyPI
    }
    project = tmp_path / "project"
    project.mkdir()
    (project / "test_sample.py").write_text(SAMPLE)
    for line in actions:
        run("sh", "-c", line, cwd=project, env=environment)
    assert 'tests="1"' in (project / "report.xml").read_text()


def test_testcontainers_has_what_the_recipe_calls(npm: Install, tmp_path: Path) -> None:
    packages = ("testcontainers@12.2.0", "typescript@5.9.3", "@types/node@20")
    folder = npm(*packages)
    shutil.copy(DEPLOY / "testcontainers.mjs", folder)
    options = "--checkJs --allowJs --noEmit --strict --skipLibCheck --module nodenext"
    run("node_modules/.bin/tsc", *options.split(), "testcontainers.mjs", cwd=folder)
