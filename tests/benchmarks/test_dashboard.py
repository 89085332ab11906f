"""The dashboard of a large world: its first view, how smoothly it scrolls, and what it costs the
server while nothing happens."""

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
"""Seconds for which an idle dashboard is watched."""

#: From the navigation to the first row, in milliseconds of the page's own clock.
FIRST_ROW = """() => new Promise((found) => {
  const look = () => document.querySelector("#chats li")
    ? requestAnimationFrame(() => found(performance.now()))
    : requestAnimationFrame(look);
  look();
})"""
#: The milliseconds of each frame while the list is scrolled down by so many pixels a frame.
FRAMES = """([frames, pixels]) => new Promise((found) => {
  const scroller = document.querySelector("#chats-scroller");
  const times = [];
  let last = performance.now();
  const step = (now) => {
    times.push(now - last);
    last = now;
    scroller.scrollBy(0, pixels);
    if (times.length < frames) requestAnimationFrame(step);
    else found(times.slice(2));
  };
  requestAnimationFrame(step);
})"""
#: How far down the list one has come, in conversations.
PLACE = "() => Number(document.querySelector('#chats li:last-child').ariaPosInSet)"


class Server:
    """A server of the large world in a process of its own."""

    def __init__(self, url: str, pid: int) -> None:
        self.url, self.pid = url, pid

    def cpu(self) -> float:
        """The seconds of processor time that it has used."""
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
    write(file, counts, seed="benchmark")
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
    told = f"median of {len(views)}: {median(views):.0f} ms, worst {max(views):.0f} ms"
    table.add("dashboard", what, told, median(views), "ms", budget=1000)

    for far in (0, CONVERSATIONS // 2):
        while (start := page.evaluate(PLACE)) < far:
            page.evaluate(FRAMES, [30, 2000])
        frames = page.evaluate(FRAMES, [600, 120])
        table.add(
            "dashboard",
            f"scrolling from conversation {start:,} to {page.evaluate(PLACE):,}: a frame",
            f"median {median(frames):.0f} ms, worst {max(frames):.0f} ms",
            quantiles(frames, n=20)[-1],
            "ms (95 %)",
            budget=34,
        )

    page.wait_for_load_state("networkidle")
    start, since = server.cpu(), time.perf_counter()
    page.wait_for_timeout(IDLE * 1000)
    spent, seconds = server.cpu() - start, time.perf_counter() - since
    table.add(
        "dashboard",
        "an idle dashboard, of a core of the server",
        f"{spent * 1000:.0f} ms in {seconds:.0f} s",
        100 * spent / seconds,
        "%",
        budget=1,
    )
