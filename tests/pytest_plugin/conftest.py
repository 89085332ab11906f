"""A user's project with pytest and the plugin."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import dedent
from xml.etree import ElementTree

import pytest

#: Plugins that are slow to import, and not needed here.
EXCLUDED = ("anyio", "cacheprovider", "faker", "hypothesispytest", "randomly", "schemathesis")
OPTIONS = ("-Werror", "--strict-markers", *(f"-pno:{name}" for name in EXCLUDED))


@dataclass(frozen=True)
class Project:
    """A folder with tests. They run in this process, unless a test says otherwise."""

    pytester: pytest.Pytester

    def write(self, name: str, text: str) -> None:
        """Write a file."""
        (self.pytester.path / name).write_text(dedent(text), encoding="utf-8")

    def run(self, *arguments: str) -> pytest.RunResult:
        """Run the tests in this process."""
        return self.pytester.runpytest_inprocess(*OPTIONS, *arguments)

    def run_process(self, *arguments: str) -> pytest.RunResult:
        """Run the tests in another process."""
        return self.pytester.runpytest_subprocess(*OPTIONS, *arguments, timeout=120)

    def failures(self) -> str:
        """Return the text of all failures and errors in report.xml."""
        root = ElementTree.parse(self.pytester.path / "report.xml").getroot()
        return "".join(str(case.text) for case in root.iter() if case.tag in ("failure", "error"))


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Project:
    """An empty project, without settings from the environment."""
    for name in ("MOCKSERVER_URL", "MOCKSERVER_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    return Project(pytester)
