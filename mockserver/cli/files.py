"""Files that a command writes."""

import errno
import os
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from mockserver.cli.exits import USAGE, fail


@dataclass(frozen=True)
class Output:
    """A file to write, named ``noun`` in error messages. Symbolic links are followed.

    A regular file is replaced atomically, unless its folder is not writable. A pipe or a device is
    opened and written. Ends the command at once if the file cannot be written.
    """

    path: Path
    noun: str = ""

    def __post_init__(self) -> None:
        with self.exit_on_error():
            if self.path.is_dir():
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
            if self._is_replaced:
                self._partial.touch()
                self._partial.unlink()
            elif not os.access(self.path, os.W_OK):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """Open the file; a regular file is replaced when the block ends without an error."""
        if not self._is_replaced:
            with self.path.open("wb") as file:
                yield file
            return
        try:
            with self._partial.open("wb") as file:
                yield file
            try:
                os.replace(self._partial, self._target)
            except OSError as error:
                if error.errno != errno.EBUSY:  # a file that is mounted by itself, as by Docker
                    raise
                self._target.write_bytes(self._partial.read_bytes())
        finally:
            self._partial.unlink(missing_ok=True)

    def write(self, content: bytes, seconds: float | None = None) -> None:
        """Write the content; raise ``OSError``.

        Opening or writing a pipe waits for its reader. After ``seconds``, ``TimeoutError`` is
        raised and the write continues in a thread.
        """
        errors: list[OSError] = []

        def run() -> None:
            try:
                with self.open() as file:
                    file.write(content)
            except OSError as error:
                errors.append(error)

        thread = threading.Thread(target=run, name="mockserver-file", daemon=True)
        thread.start()
        thread.join(None if self._is_replaced else seconds)
        if errors:
            raise errors[0]
        if thread.is_alive():
            raise TimeoutError(errno.ETIMEDOUT, "nothing reads it")

    def remove(self) -> None:
        """Remove a regular file; leave a link, a pipe or a device."""
        if self._target.is_file():
            self._target.unlink()

    @contextmanager
    def exit_on_error(self) -> Iterator[None]:
        """End the command if the block raises ``OSError``."""
        try:
            yield
        except OSError as error:
            fail(USAGE, self.error_message(error))

    def error_message(self, error: OSError) -> str:
        name = f"the {self.noun} {self.path}" if self.noun else self.path
        return f"cannot write {name}: {error.strerror}"

    @property
    def _target(self) -> Path:
        return Path(os.path.realpath(self.path))

    @property
    def _is_replaced(self) -> bool:
        try:
            mode = self.path.stat().st_mode
        except FileNotFoundError:
            return True
        return stat.S_ISREG(mode) and os.access(self._target.parent, os.W_OK)

    @property
    def _partial(self) -> Path:
        return self._target.with_name(f".{self._target.name}.{os.getpid()}.part")
