"""The log of a server process. A slow, blocked or closed standard error delays no request."""

import json
import logging
import sys
import threading
from collections import deque
from collections.abc import Iterable
from datetime import UTC, datetime
from time import sleep

from mockserver.storage.clock import machine_time
from mockserver.web.request_log import LoggedRequest

MAX_QUEUED = 10_000  # records that wait to be written; beyond this, the oldest are dropped
BATCH_INTERVAL = 0.02  # seconds between two writes
FLUSH_TIMEOUT = 0.5  # seconds that a flush, at start and exit, waits for a slow reader


#: What waits to be written: a record, a whole line, or a request and its Unix time.
Item = logging.LogRecord | str | tuple[float, LoggedRequest]


class LogFormatter(logging.Formatter):
    """The lines of a log, as text or as JSON objects, with the time in UTC."""

    def __init__(self, *, is_json: bool) -> None:
        super().__init__()
        self._is_json = is_json

    def format(self, record: logging.LogRecord) -> str:
        return self.line(super().format(record), record.created, record.levelname)

    def line(self, content: str | LoggedRequest, at: float, level: str = "INFO") -> str:
        """Return the line of a message or a request that was logged at a Unix time."""
        time = datetime.fromtimestamp(at, UTC).replace(tzinfo=None).isoformat("T", "milliseconds")
        if not self._is_json:
            return f"{time}Z {content}"
        values = {"message": content} if isinstance(content, str) else content.to_dict()
        return json.dumps({"time": f"{time}Z", "level": level.lower(), **values})

    def banner(self, text: str) -> str:
        """Return a text of several lines: unchanged, or as a JSON object if the log is JSON."""
        return self.line(text, machine_time()) if self._is_json else text


class LogWriter(logging.Handler):
    """A handler with a thread that formats its records and writes them to standard error.

    `logging.handlers.QueueHandler` would wake its thread, and write, for each record.
    """

    def __init__(self, *, is_json: bool = False) -> None:
        super().__init__()
        self._lines = LogFormatter(is_json=is_json)
        self.setFormatter(self._lines)
        # Write to the file below the buffer: the interpreter waits for the buffer's lock at exit,
        # and a blocked write would hold it for ever.
        buffer = getattr(sys.stderr, "buffer", None)  # None if the process has no standard error
        self._file = getattr(buffer, "raw", buffer)  # without buffering, ``buffer`` is the file
        self._encoding = getattr(sys.stderr, "encoding", None) or "utf-8"
        self._queue: deque[Item] = deque(maxlen=MAX_QUEUED)
        self._dropped = 0  # lines dropped since the log last reported it
        self._reason = ""
        self._is_writing = False
        assert self.lock is not None
        self._changed = threading.Condition(self.lock)
        self._hurry = threading.Event()  # set while a flush waits
        threading.Thread(target=self._run, name="mockserver-log", daemon=True).start()

    def emit(self, record: logging.LogRecord) -> None:
        """Queue a record. The handler's lock is held."""
        # A queued traceback would keep its request, and so the sandbox, in memory.
        self._put(self._text(record) if record.exc_info else record)

    def write(self, text: str) -> None:
        """Queue a text, which is written whatever the log's level."""
        with self._changed:
            self._put(self._lines.banner(text))

    def write_request(self, request: LoggedRequest) -> None:
        """Queue the entry of a request; formatting it here would delay the response."""
        with self._changed:
            self._put((machine_time(), request))

    def flush(self) -> None:
        """Wait until the queue is written, at most ``FLUSH_TIMEOUT`` seconds."""
        with self._changed:
            self._hurry.set()
            self._changed.wait_for(lambda: not (self._queue or self._is_writing), FLUSH_TIMEOUT)
            self._hurry.clear()

    def _put(self, item: Item) -> None:
        if len(self._queue) == MAX_QUEUED:
            self._dropped += 1
            self._reason = "the log is not being read"
        self._queue.append(item)
        self._changed.notify()

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._queue:
                    self._changed.wait()
                items, dropped = list(self._queue), self._dropped
                self._queue.clear()
                self._dropped, self._is_writing = 0, True
            lines = "1 log line was" if dropped == 1 else f"{dropped} log lines were"
            notice = f"{lines} dropped: {self._reason}"
            if dropped and not self._write([self._lines.line(notice, machine_time(), "WARNING")]):
                dropped = 0
            dropped += self._write(map(self._text, items))
            with self._changed:
                self._dropped += dropped
                self._is_writing = False
                self._changed.notify_all()
            self._hurry.wait(BATCH_INTERVAL)

    def _text(self, item: Item) -> str:
        try:
            if isinstance(item, tuple):
                at, request = item
                return self._lines.line(request, at)
            return item if isinstance(item, str) else self.format(item)
        except Exception as error:  # noqa: BLE001 - a bad record must not stop the log
            return f"a log record cannot be formatted: {error!r}"

    def _write(self, texts: Iterable[str]) -> int:
        """Write texts, each as a line; return the number of lines that could not be written."""
        data = "".join(f"{text}\n" for text in texts).encode(self._encoding, "backslashreplace")
        rest = memoryview(data)
        try:
            while rest and self._file is not None:
                count = self._file.write(rest)
                if count is None:  # a non-blocking file that is full
                    sleep(BATCH_INTERVAL)
                rest = rest[count or 0 :]
        except OSError as error:
            self._reason = f"the log cannot be written ({error.strerror})"
        return bytes(rest).count(b"\n")
