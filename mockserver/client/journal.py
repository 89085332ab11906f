"""The journal of a sandbox: its requests, what they changed, and a report for failed tests."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.client import types
from mockserver.client.control import SandboxClient, without_none
from mockserver.errors import ApiError

Match = Mapping[str, Any]

MAX_LISTED = 1000
MAX_VALUE_LENGTH = 160
MAX_BODY_LENGTH = 1000
MAX_REPORTED_REQUESTS = 50
MAX_REPORTED_BODIES = 5  # latest requests whose bodies a report includes
MAX_REPORTED_CHANGES = 8
MAX_MATCHING_IDS = 20


class JournalClient(SandboxClient):
    """The requests to a sandbox, and what they changed.

    ``match`` selects requests by ``method``, ``path``, ``resource`` and ``operation`` (paths and
    operations may contain ``*``), ``status``, ``query``, ``headers`` and ``body``. A request's
    query, headers and body may contain further names.
    """

    def list(self, since: str | None = None, **filters: Any) -> list[types.RequestDict]:
        """Return the requests after the request with the id ``since``, or all, oldest first.

        ``filters`` are ``method``, ``path``, ``resource``, ``operation``, ``status`` and ``limit``.
        The journal keeps the last 1,000 requests, or fewer if they exceed 16 MB.
        """
        return self._pages("requests", since=since, **filters)

    def get(self, id: str) -> types.RequestDetailDict:
        """Return a request with headers, bodies, changes and events; secrets are redacted."""
        return self._request("GET", "requests", id)

    def har(self, **filters: Any) -> dict[str, Any]:
        """Return the requests as a HAR document; ``filters`` as for ``list``, and ``since``."""
        return self._request("GET", "requests", format="har", **{"limit": MAX_LISTED, **filters})

    def clear(self, match: Match | None = None) -> types.RemovedDict:
        """Delete the requests that match, or all, and return the number ``removed``."""
        return self._request("DELETE", "requests", match=match)

    def verify(
        self,
        match: Match | None = None,
        *,
        count: int | None = None,
        at_least: int | None = None,
        at_most: int | None = None,
    ) -> types.VerificationDict:
        """Check how many requests match: at least one, if no number is given.

        Return the ``count`` and the ids of the matching ``requests``. Raises ``AssertionError`` for
        a wrong number, with the nearest misses and how each differs.
        """
        __tracebackhide__ = True  # makes pytest show the caller's line
        expected = without_none(match=match, count=count, at_least=at_least, at_most=at_most)
        return self._verify("verify", expected)

    def wait(
        self,
        match: Match | None = None,
        *,
        count: int | None = None,
        at_least: int | None = None,
        at_most: int | None = None,
        timeout: float = 5,
    ) -> types.VerificationDict:
        """Wait until ``verify`` would succeed, but at most ``timeout`` seconds of real time.

        Return and raise as ``verify`` does.
        """
        __tracebackhide__ = True
        expected = without_none(match=match, count=count, at_least=at_least, at_most=at_most)
        return self._verify("wait", expected, timeout=timeout)

    def _verify(
        self, action: str, expected: Mapping[str, Any], **options: float
    ) -> types.VerificationDict:
        __tracebackhide__ = True
        result = self._request("POST", "requests", action, **expected, **options)
        if result["verified"]:
            return result
        ids = ", ".join(result["requests"][:MAX_MATCHING_IDS]) or "none"
        lines = [
            f"the requests to sandbox '{self.name}' are not as expected",
            f"expected: {compact_json(expected) if expected else 'at least one request'}",
            f"found: {result['count']} ({ids})",
        ]
        if "reason" in result:
            lines.append(result["reason"])
        lines += result["strays"]
        for near in result["nearest"]:
            lines.append(f"near miss: {request_line(near['request'])}")
            lines += [f"  {difference}" for difference in near["differences"]]
        raise AssertionError("\n  ".join(lines))

    def changes(self, since: str | None = None) -> types.ChangesDict:
        """Return the net changes and the events of the requests after ``since``, or of all.

        ``since`` is a request's id. An object that was created and deleted again, or changed back,
        is omitted. ``evicted`` is the number of older requests that the journal no longer has.
        """
        return self._request("GET", "changes", since=since)

    def strays(self) -> types.StraysDict:
        """Return recent requests that reached no sandbox, or 'default' instead of this one.

        ``advice`` is a list of lines that say what a client must change. A ``token`` is masked.
        """
        return self._request("GET", "strays")


def journal_report(journal: JournalClient) -> str:
    """Return the journal as text: a line for each request, and the latest bodies.

    An error is reported in the text, not raised: it must not hide the failure of a test.
    """
    try:
        return "\n".join(_report_lines(journal))
    except (ApiError, OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        return f"the journal could not be read: {type(error).__name__}: {error}"


def _report_lines(journal: JournalClient) -> Iterator[str]:
    entries = journal.list()
    if not entries:
        yield "no requests"
    yield from journal.strays()["advice"]
    if len(entries) > MAX_REPORTED_REQUESTS:
        yield f"… {len(entries) - MAX_REPORTED_REQUESTS} earlier requests"
    with_bodies = entries[-MAX_REPORTED_BODIES:]
    for entry in entries[-MAX_REPORTED_REQUESTS:]:
        yield request_line(entry)
        for noun, items in (("changes", entry["changes"]), ("events", entry["events"])):
            if items:
                hidden = len(items) - MAX_REPORTED_CHANGES
                rest = f", … and {hidden} more" if hidden > 0 else ""
                yield f"    {noun}: {', '.join(items[:MAX_REPORTED_CHANGES])}{rest}"
        if entry in with_bodies:
            detail = journal.get(entry["id"])
            for arrow, message in (("-->", detail["request"]), ("<--", detail["response"])):
                if message["body"] is not None:
                    yield f"    {arrow} {compact_json(message['body'], MAX_BODY_LENGTH)}"


def request_line(entry: Mapping[str, Any], message: str = "") -> str:
    """Return a line such as ``req_2 POST /v1/messages 400 0.4 ms: MESSAGE; faults: [...]``."""
    query = "&".join(
        f"{name}={value}"
        for name, values in entry["query"].items()
        for value in (values if isinstance(values, list) else [values])
    )
    target = f"{entry['path']}?{query}" if query else entry["path"]
    status = entry["status"] or "no response"
    line = f"{entry['id']} {entry['method']} {target} {status} {entry['ms']:.1f} ms"
    if message:
        line += f": {message}"
    if entry["faults"]:
        line += f"; faults: {compact_json(entry['faults'])}"
    return line


def change_line(change: Mapping[str, Any]) -> str:
    """Return a line such as ``updated message ID: text: "a" -> "b"``, or with the whole object."""
    head = f"{change['change']} {change['kind']} {change['id']}"
    if "attributes" not in change:
        return f"{head}: {compact_json(change['object'])}"
    steps = [
        f"{name}: {compact_json(step['before'])} -> {compact_json(step['after'])}"
        for name, step in change["attributes"].items()
    ]
    return f"{head}: {', '.join(steps)}"


def compact_json(value: Any, max_length: int = MAX_VALUE_LENGTH) -> str:
    text = json.dumps(value, ensure_ascii=False)
    if len(text) <= max_length:
        return text
    return f"{text[:max_length]}… ({len(text)} characters)"
