"""Requests a second under load, beside nginx with the same bytes, json-server and WireMock.

Every server has one core and wrk the other; the servers take turns, three times. The peers are
installed here: nginx and wrk from Debian, the rest from npm. To compare with another version of
mockserver, name its command in MOCKSERVER_BENCHMARK_OTHER.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.benchmarks.conftest import Table

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(1800)]

NPM_PACKAGES = ("node@24", "json-server@1.0.0-beta.15", "wiremock@3.13.2")
OTHER_VERSION = "MOCKSERVER_BENCHMARK_OTHER"
ROUNDS, SECONDS, CONNECTIONS = 3, 3, 16
SERVER_CORE, WRK_CORE = "0", "1"
AUTHORIZATION = "Bearer benchmark"
ITEM, LIST = "/v1/messages/SIuAFUNKdSYHZF2w", "/v1/messages"
NEW = json.dumps({"conversation_id": "xgQQXg3hrtjh7AvZ", "message": "hello"})

# wrk's scripts. A header that differs each time keeps a server from knowing the request again.
READ = """
request = function() return wrk.format("GET", "{path}") end
"""
UNKNOWN_READ = """
local n = 0
request = function()
  n = n + 1
  wrk.headers["Traceparent"] = tostring(n)
  return wrk.format("GET", "{path}")
end
"""
CREATE = """
wrk.headers["Content-Type"] = "application/json"
request = function() return wrk.format("POST", "{path}", nil, [[{body}]]) end
"""
MIX = """
wrk.headers["Content-Type"] = "application/json"
local n = 0
request = function()
  n = n + 1
  if n % 5 == 0 then return wrk.format("POST", "/v1/messages", nil, [[{body}]]) end
  return wrk.format("GET", "{path}")
end
"""


@dataclass(frozen=True)
class Load:
    """What wrk sends: a script, where each server has it, and how many connections."""

    name: str
    script: str
    connections: int = CONNECTIONS


@dataclass(frozen=True)
class Measured:
    """Requests a second, and the median time of one in milliseconds."""

    rate: float
    p50: float


def install(command: str, package: str) -> str:
    """Return the path of a command, after installing its Debian package if need be."""
    path = shutil.which(command) or shutil.which(command, path="/usr/sbin")
    if path is None:
        subprocess.run(["apt-get", "update", "-qq"], check=True, stdout=subprocess.DEVNULL)
        packages = ["apt-get", "install", "-qq", "--no-install-recommends", package]
        subprocess.run(packages, check=True, stdout=subprocess.DEVNULL)
        path = shutil.which(command) or shutil.which(command, path="/usr/sbin")
    assert path, f"install {package}"
    return path


@pytest.fixture(scope="module")
def node_modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("npm")
    options = ["--silent", "--no-audit", "--no-fund", "--no-package-lock"]
    subprocess.run(["npm", "install", *options, *NPM_PACKAGES], cwd=folder, check=True)
    return folder / "node_modules"


class Servers:
    """Starts each server on its core, on a port of its own."""

    def __init__(self, folder: Path, node_modules: Path) -> None:
        self.folder = folder
        self.node_modules = node_modules
        self._port = 18_400

    @contextmanager
    def running(self, command: list[str], url: str) -> Iterator[None]:
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(
                ["taskset", "-c", SERVER_CORE, *command], cwd=self.folder, stdout=log, stderr=log
            )
        try:
            _await(url, process)
            yield
        finally:
            process.terminate()
            process.wait()

    def port(self) -> int:
        self._port += 1
        return self._port

    @contextmanager
    def mockserver(self, command: str) -> Iterator[str]:
        port = self.port()
        url = f"http://127.0.0.1:{port}"
        with self.running([command, "serve", "--port", str(port)], url + ITEM):
            yield url

    @contextmanager
    def nginx(self) -> Iterator[str]:
        """Serve the bytes of our own responses as files."""
        port = self.port()
        url = f"http://127.0.0.1:{port}"
        config = self.folder / "nginx.conf"
        config.write_text(
            f"user root; daemon off; pid {self.folder}/pid; worker_processes 1; error_log stderr;"
            "events { worker_connections 1024; }"
            "http { access_log off; keepalive_requests 10000000; open_file_cache max=100;"
            f"default_type application/json; server {{ listen 127.0.0.1:{port};"
            f" location = {ITEM} {{ alias {self.folder}/item.json; }}"
            f" location = {LIST} {{ alias {self.folder}/list.json; }} }} }}"
        )
        (self.folder / "logs").mkdir(exist_ok=True)
        command = [install("nginx", "nginx-light"), "-p", str(self.folder), "-c", str(config)]
        with self.running(command, url + ITEM):
            yield url

    @contextmanager
    def json_server(self) -> Iterator[str]:
        """Serve the first ten messages; json-server writes its file at each change."""
        messages = json.loads((self.folder / "list.json").read_bytes())["data"]
        file = self.folder / "db.json"
        item = json.loads((self.folder / "item.json").read_bytes())
        file.write_text(json.dumps({"messages": [item, *messages][:10]}))
        port = self.port()
        url = f"http://127.0.0.1:{port}"
        node, script = self.node_modules / ".bin/node", self.node_modules / "json-server/lib/bin.js"
        with self.running(
            [str(node), str(script), str(file), "--port", str(port)], url + "/messages"
        ):
            yield url

    @contextmanager
    def wiremock(self) -> Iterator[str]:
        """Serve the bytes of our own responses as stubs."""
        root, port = self.folder / "wiremock", self.port()
        (root / "mappings").mkdir(parents=True, exist_ok=True)
        for name, path in (("item", ITEM), ("list", LIST)):
            response = {
                "status": 200,
                "body": (self.folder / f"{name}.json").read_text(),
                "headers": {"Content-Type": "application/json"},
            }
            stub = {"request": {"method": "GET", "url": path}, "response": response}
            (root / f"mappings/{name}.json").write_text(json.dumps(stub))
        jar = next(self.node_modules.glob("wiremock/build/*.jar"))
        java = install("java", "default-jre-headless")
        url = f"http://127.0.0.1:{port}"
        options = ["--port", str(port), "--root-dir", str(root), "--disable-banner"]
        with self.running([java, "-jar", str(jar), *options], url + ITEM):
            yield url


def _await(url: str, process: subprocess.Popen[bytes]) -> None:
    request = urllib.request.Request(url, headers={"Authorization": AUTHORIZATION})
    for _ in range(600):
        assert process.poll() is None, "the server has ended; its log says why"
        try:
            urllib.request.urlopen(request, timeout=5).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError(url)


def measure(url: str, script: str, connections: int, folder: Path) -> Measured:
    """Put a server under load, once to warm it up and once to measure."""
    file = folder / "load.lua"
    file.write_text(f'wrk.headers["Authorization"] = "{AUTHORIZATION}"\n{script}')
    options = ["-t1", f"-c{connections}", "--latency", "-s", str(file), url]
    wrk = ["taskset", "-c", WRK_CORE, install("wrk", "wrk")]
    subprocess.run([*wrk, "-d1", *options], check=True, stdout=subprocess.DEVNULL)
    done = subprocess.run(
        [*wrk, f"-d{SECONDS}", *options], check=True, capture_output=True, text=True
    )
    assert "Non-2xx" not in done.stdout, done.stdout
    rate = re.search(r"Requests/sec:\s+([0-9.]+)", done.stdout)
    p50 = re.search(r"50%\s+([0-9.]+)(us|ms|s)", done.stdout)
    assert rate is not None, done.stdout
    assert p50 is not None, done.stdout
    return Measured(float(rate[1]), float(p50[1]) * {"us": 0.001, "ms": 1, "s": 1000}[p50[2]])


def test_requests_beside_the_peers(table: Table, node_modules: Path, tmp_path: Path) -> None:
    servers = Servers(tmp_path, node_modules)
    command = shutil.which("mockserver")
    assert command
    with servers.mockserver(command) as url:
        for name, path in (("item", ITEM), ("list", LIST)):
            request = urllib.request.Request(url + path, headers={"Authorization": AUTHORIZATION})
            with urllib.request.urlopen(request) as response:
                (tmp_path / f"{name}.json").write_bytes(response.read())
    first = json.loads((tmp_path / "list.json").read_bytes())["data"][0]["id"]
    item_of_json_server = json.loads((tmp_path / "item.json").read_bytes())["id"]
    assert first
    starts = {
        "mockserver": lambda: servers.mockserver(command),
        "nginx": servers.nginx,
        "json-server": servers.json_server,
        "WireMock": servers.wiremock,
    }
    if other := os.environ.get(OTHER_VERSION):
        starts["other version"] = lambda: servers.mockserver(other)
    repeated = {"item": READ.format(path=ITEM), "list": READ.format(path=LIST)}
    all_loads = {
        **repeated,
        "item, unknown": UNKNOWN_READ.format(path=ITEM),
        "list, unknown": UNKNOWN_READ.format(path=LIST),
        "create": CREATE.format(path=LIST, body=NEW),
        "80 % reads": MIX.format(path=ITEM, body=NEW),
    }
    scripts = {
        "mockserver": all_loads,
        "other version": all_loads,
        "nginx": repeated,
        "WireMock": repeated,
        "json-server": {
            "item": READ.format(path=f"/messages/{item_of_json_server}"),
            "list": READ.format(path="/messages"),
            "create": CREATE.format(path="/messages", body=NEW),
        },
    }
    results: dict[tuple[str, str], list[Measured]] = {}
    for _ in range(ROUNDS):
        for name, start in starts.items():
            with ExitStack() as stack:
                url = stack.enter_context(start())
                for load, script in scripts[name].items():
                    measured = measure(url, script, CONNECTIONS, tmp_path)
                    results.setdefault((name, load), []).append(measured)
                single = measure(url, scripts[name]["item"], 1, tmp_path)
                results.setdefault((name, "item, 1 connection"), []).append(single)
                if "item, unknown" in scripts[name]:
                    single = measure(url, scripts[name]["item, unknown"], 1, tmp_path)
                    results.setdefault((name, "item, unknown, 1 connection"), []).append(single)
    for (name, load), measurements in results.items():
        rate = median(measured.rate for measured in measurements)
        p50 = median(measured.p50 for measured in measurements)
        ratio = median(
            reference.rate / measured.rate
            for reference, measured in zip(results["mockserver", load], measurements, strict=True)
        )
        table.add(
            "peers",
            f"{load}: {name}",
            f"{rate:,.0f} a second, p50 {p50:.2f} ms",
            ratio,
            "x is ours",
        )
