"""Files that commands write: links, pipes, devices, and regular files."""

from __future__ import annotations

import errno
import json
import os
import stat
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mockserver.cli.files import Output

if TYPE_CHECKING:
    from tests.cli.conftest import Commands

COMMANDS = {
    "openapi": ["openapi", "-o"],
    "generate": ["generate", "--messages", "0", "--attachments", "0", "-o"],
    "check": ["check", "webhook", "http://127.0.0.1:1/", "--secret", "x", "--junit"],
}


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    return path


@pytest.mark.parametrize("name", ["openapi", "generate"])
def test_a_command_writes_through_a_link(commands: Commands, name: str) -> None:
    folder = commands.folder / "folder"
    folder.mkdir()
    link, target = commands.folder / "link", folder / "target"
    link.symlink_to("folder/target")
    for content in (None, "old"):  # the target does not exist yet, then it does
        if content:
            target.write_text(content)
        assert commands.invoke(*COMMANDS[name], "link").code == 0
        assert json.loads(target.read_text("utf-8"))
    assert link.is_symlink()
    assert list(folder.iterdir()) == [target]


@pytest.mark.parametrize("name", ["openapi", "generate"])
def test_a_command_writes_into_a_pipe(commands: Commands, pipe: Path, name: str) -> None:
    contents: list[str] = []
    reader = threading.Thread(target=lambda: contents.append(pipe.read_text("utf-8")))
    reader.start()
    assert commands.invoke(*COMMANDS[name], pipe).code == 0
    reader.join()
    assert json.loads(contents[0])
    assert pipe.is_fifo()


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_keeps_a_file_that_it_cannot_write(commands: Commands, name: str) -> None:
    (commands.folder / "folder").mkdir()
    for path in ("folder", "no/such/file"):
        commands.invoke(*COMMANDS[name], path).failed(2)
    assert [file.name for file in commands.folder.iterdir()] == ["folder"]


def test_a_device_is_written_and_stays() -> None:
    controller, terminal = os.openpty()
    path = Path(os.ttyname(terminal))
    Output(path, "file").write(b"ready\n")
    assert os.read(controller, 100) == b"ready\r\n"
    Output(path, "file").remove()
    assert stat.S_ISCHR(path.stat().st_mode)
    os.close(controller)
    os.close(terminal)


def test_an_interrupted_write_leaves_the_file_unchanged(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old")

    def interrupt() -> None:
        with Output(path, "file").open() as file:
            file.write(b"new")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupt()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_mounted_file_is_written_in_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def replace(source: object, target: object) -> None:
        raise OSError(errno.EBUSY, "Device or resource busy")

    path = tmp_path / "file"
    path.write_text("old")
    monkeypatch.setattr(os, "replace", replace)
    Output(path, "file").write(b"new")
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere"
)
def test_a_file_in_a_read_only_folder_is_written_in_place(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    path = folder / "file"
    path.write_text("old")
    folder.chmod(0o500)
    Output(path, "file").write(b"new")
    assert path.read_text() == "new"


def test_a_pipe_without_a_reader_does_not_stop_the_command(pipe: Path) -> None:
    with pytest.raises(TimeoutError, match="nothing reads it"):
        Output(pipe, "file").write(b"late", seconds=0)
    assert pipe.read_text() == "late"


def test_a_server_writes_its_files_into_pipes(commands: Commands, pipe: Path) -> None:
    words = ("--ready-file", pipe, "--save-on-exit", pipe, "--fixtures", "empty")
    process, _ = commands.start("serve", "--port", 0, *words)
    assert json.loads(pipe.read_text())["event"] == "ready"
    process.terminate()
    assert json.loads(pipe.read_text())["version"] == 1
    assert process.wait() == 0
    assert pipe.is_fifo()


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs Linux's /dev/full")
def test_a_server_runs_without_a_ready_file(commands: Commands) -> None:
    serving = commands.serve("--ready-file", "/dev/full", "--save-on-exit", "/dev/full")
    assert serving("GET", "/_sandbox/health").status == 200
    done = serving.stop()
    assert done.code == 1
    full = "No space left on device"
    assert f"cannot write the ready file /dev/full: {full}\n" in done.err
    assert done.err.endswith(f"mockserver: cannot write the state to /dev/full: {full}\n")
