"""Files that a command writes atomically."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from mockserver.cli.exits import USAGE, fail


@dataclass(frozen=True)
class Output:
    """A file to be written, called ``noun`` in error messages.

    Creating it ends the command if the file cannot be written.
    """

    path: Path
    noun: str

    def __post_init__(self) -> None:
        with self._exit_on_error(USAGE):
            if self.path.is_dir():
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
            self._partial.touch()
            self._partial.unlink()

    def write(self, content: bytes, code: int = USAGE) -> None:
        """Replace the file; end the command with ``code`` if it cannot be written."""
        with self._exit_on_error(code):
            self._partial.write_bytes(content)
            os.replace(self._partial, self.path)

    @property
    def _partial(self) -> Path:
        return self.path.parent / f".{self.path.name}.{os.getpid()}.part"

    @contextmanager
    def _exit_on_error(self, code: int) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            with suppress(OSError):
                self._partial.unlink(missing_ok=True)
            fail(code, f"cannot write the {self.noun} {self.path}: {error.strerror}")
