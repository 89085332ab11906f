"""Run a Dockerfile without a container engine, in namespaces of this machine.

Usage, as root: ``unshare --mount python container.py DOCKERFILE SOURCE PYTHON``. PYTHON is the
prefix of the interpreter that takes the place of the base image's. Prints a line of JSON.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from dockerfile_parse import DockerfileParser  # type: ignore[import-untyped, import-not-found, unused-ignore]

#: The folder that the image's first stage fills and its second stage copies.
TARGET = Path("/opt/mockserver")
#: The environment of the image python:3.13-slim, less its version numbers.
IMAGE = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "LD_LIBRARY_PATH": "/usr/local/lib",  # PYTHON may look for its library where it was built
    "LANG": "C.UTF-8",
}
#: A new network namespace has a loopback interface that is down: SIOCSIFFLAGS, IFF_UP.
LOOPBACK_UP = """
import fcntl, os, socket, struct, sys
with socket.socket() as sock:
    fcntl.ioctl(sock, 0x8914, struct.pack("16sH14x", b"lo", 1))
os.execvp(sys.argv[1], sys.argv[1:])
"""


def main(dockerfile: str, source: str, python: str) -> None:
    with open(dockerfile, "rb") as file:
        steps = DockerfileParser(fileobj=file).structure
    by_name = {step["instruction"]: step["value"] for step in steps}  # the last of each

    run("mount", "--make-rprivate", "/")
    TARGET.mkdir(exist_ok=True)
    run("mount", "-t", "tmpfs", "tmpfs", str(TARGET))
    run("mount", "--bind", python, "/usr/local")
    for step in steps:
        if step["instruction"] == "RUN":
            environment = {**os.environ, **IMAGE}  # with the package index of this machine
            run("/bin/sh", "-c", step["value"], cwd=source, env=environment)

    run("mount", "--bind", "/", "/")
    for mount in ("/", str(TARGET), "/usr/local"):
        run("mount", "-o", "remount,bind,ro", mount)

    environment = dict(IMAGE)
    for name, value in re.findall(r'(\w+)="([^"]*)"', by_name["ENV"]):
        environment[name] = value.replace("$PATH", environment["PATH"])
    user, group = by_name["USER"].split(":")
    restrict = ["setpriv", f"--reuid={user}", f"--regid={group}", "--clear-groups"]
    restrict += ["--no-new-privs", "--bounding-set=-all", "--inh-caps=-all"]
    command = json.loads(by_name["ENTRYPOINT"]) + json.loads(by_name["CMD"])
    container = subprocess.Popen(
        [
            *("unshare", "--net", "--pid", "--fork", "--kill-child"),
            *("python3", "-c", LOOPBACK_UP, *restrict, *command),
        ],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert container.stdout is not None
        line = container.stdout.readline()
        if not line:
            sys.exit(container.communicate()[1])
        ready = json.loads(line)
        children = Path(f"/proc/{container.pid}/task/{container.pid}/children").read_text()
        server = int(children.split()[0])
        lines = Path(f"/proc/{server}/status").read_text().splitlines()
        status = {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}
        probe = json.loads(by_name["HEALTHCHECK"].partition(" CMD ")[2])
        enter = ["nsenter", f"--target={server}", "--net", *restrict]
        health = subprocess.run([*enter, *probe], env=environment, capture_output=True, timeout=60)
        write = subprocess.run([*enter, "touch", "/file"], env=environment, capture_output=True)
        os.kill(server, signal.SIGTERM)
        _, log = container.communicate(timeout=30)
    finally:
        container.kill()
    print(
        json.dumps(
            {
                "url": ready["url"],
                "pid": ready["pid"],
                "user": status["Uid"].split()[0],
                "capabilities": status["CapEff"],
                "health": health.returncode,
                "health_error": health.stderr.decode(),
                "write_error": write.stderr.decode(),
                "exit_code": container.returncode,
                "log": log,
            }
        )
    )


def run(*command: str, **options: Any) -> None:
    subprocess.run(command, check=True, stdout=sys.stderr, **options)


main(*sys.argv[1:])
