"""The dashboard with many objects: first view, scrolling, and the server's load while idle."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING, Any

import pytest

from tests.benchmarks.server_process import MOCKSERVER, SERVE

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.benchmarks.conftest import Table

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(1800)]

CONVERSATIONS, MESSAGES = 10_000, 1_000_000
IDLE = 30.0
"""Seconds for which an idle dashboard is measured."""

#: From the navigation to the first row, in milliseconds of the page's own clock.
FIRST_ROW = """() => new Promise((resolve) => {
  const look = () => document.querySelector("#conversations li")
    ? requestAnimationFrame(() => resolve(performance.now()))
    : requestAnimationFrame(look);
  look();
})"""
#: The milliseconds of each frame while the list is scrolled down by so many pixels a frame.
FRAMES = """([frames, pixels]) => new Promise((resolve) => {
  const scroller = document.querySelector("#conversations-scroller");
  const times = [];
  let last = performance.now();
  const step = (now) => {
    times.push(now - last);
    last = now;
    scroller.scrollBy(0, pixels);
    if (times.length < frames) requestAnimationFrame(step);
    else resolve(times.slice(2));
  };
  requestAnimationFrame(step);
})"""
#: Position of the last rendered conversation in the list.
POSITION = "() => Number(document.querySelector('#conversations li:last-child').ariaPosInSet)"


class Server:
    """A server with many objects in a separate process."""

    def __init__(self, url: str, pid: int) -> None:
        self.url, self.pid = url, pid

    def cpu(self) -> float:
        """Return the seconds of processor time that the process has used."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    from mockserver.seeding.generate import Counts, write

    file = tmp_path_factory.mktemp("dashboard") / "large.json"
    counts = Counts(
        contacts=CONVERSATIONS - 100,
        groups=100,
        conversations=CONVERSATIONS,
        messages=MESSAGES,
        attachments=1000,
    )
    with file.open("wb") as output:
        write(output, counts, seed="benchmark")
    command = [sys.executable, "-c", MOCKSERVER, *SERVE, "--fixtures", str(file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        try:
            assert process.stdout is not None
            ready = json.loads(process.stdout.readline())
            yield Server(ready["url"], ready["pid"])
        finally:
            process.terminate()


@pytest.fixture
def page() -> Iterator[Page]:
    playwright_api: Any = pytest.importorskip("playwright.sync_api")
    with playwright_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox"]
        )
        yield browser.new_page()
        browser.close()


def test_the_dashboard(table: Table, server: Server, page: Page) -> None:
    views = []
    for _ in range(7):
        page.goto(f"{server.url}/dashboard/conversations")
        views.append(page.evaluate(FIRST_ROW))
    what = f"first view of {CONVERSATIONS:,} conversations, {MESSAGES:,} messages"
    measured = f"median of {len(views)}: {median(views):.0f} ms, worst {max(views):.0f} ms"
    table.add("dashboard", what, measured, median(views), "ms", budget=1000)

    for far in (0, CONVERSATIONS // 2):
        while (start := page.evaluate(POSITION)) < far:
            page.evaluate(FRAMES, [30, 2000])
        frames = page.evaluate(FRAMES, [600, 120])
        table.add(
            "dashboard",
            f"scrolling from conversation {start:,} to {page.evaluate(POSITION):,}: a frame",
            f"median {median(frames):.0f} ms, worst {max(frames):.0f} ms",
            quantiles(frames, n=20)[-1],
            "ms (95 %)",
            budget=34,
        )

    page.wait_for_load_state("networkidle")
    start, started_at = server.cpu(), time.perf_counter()
    page.wait_for_timeout(IDLE * 1000)
    spent, seconds = server.cpu() - start, time.perf_counter() - started_at
    table.add(
        "dashboard",
        "share of a core that the server uses for an idle dashboard",
        f"{spent * 1000:.0f} ms in {seconds:.0f} s",
        100 * spent / seconds,
        "%",
        budget=1,
    )
