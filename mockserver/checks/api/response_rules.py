"""Judges every answer by what the reference says of all: statuses, headers, pages, errors."""

from __future__ import annotations

from typing import Any
from urllib.parse import urljoin

from mockserver.checks.api.address import Address
from mockserver.checks.api.http import Answer, short, show
from mockserver.checks.api.rows import DECIDED, DOCUMENTED, Rows
from mockserver.errors import error_object

ANSWER, ERROR = "every answer", "every error"
IS_JSON = "JSON, as application/json"
THREE_KEYS = "exactly type, message, documentation_url"
TYPE = "type: invalid_request of a 4xx, api_error of a 5xx"
MESSAGE = "message: a text that says what is wrong"
DOCS = "documentation_url: the page of its type"
CHALLENGE = "a 401 has WWW-Authenticate"
ALLOW = "a 405 has Allow"
LOCATION = "a Location that names what was made"
EMPTY = "no body"
PAGE = "a page is {has_more: boolean, data: [objects]}"
STATUSES = {"list": 200, "create": 201, "retrieve": 200, "update": 200, "delete": 204}


def status_of(verb: str) -> str:
    return f"status {STATUSES[verb]}"


class ResponseRules:
    """What every answer has to keep, beside the shape of its objects."""

    def __init__(self, endpoints: dict[str, str], address: Address, rows: Rows) -> None:
        """``endpoints`` are each endpoint's verb, such as ``list`` of ``GET /contacts``."""
        self._verbs, self._address, self._rows = endpoints, address, rows
        rows.add(ANSWER, IS_JSON, DOCUMENTED)
        for rule in (THREE_KEYS, TYPE, MESSAGE, DOCS, CHALLENGE):
            rows.add(ERROR, rule, DOCUMENTED)
        rows.add(ERROR, ALLOW, DECIDED)
        for endpoint, verb in endpoints.items():
            rows.add(endpoint, status_of(verb), DECIDED)
            if verb == "list":
                rows.add(endpoint, PAGE, DOCUMENTED)
            if verb == "create":
                rows.add(endpoint, LOCATION, DECIDED)
            if verb == "delete":
                rows.add(endpoint, EMPTY, DECIDED)

    def judge(self, endpoint: str, path: str, answer: Answer) -> None:
        """Note in the rows what is right and wrong with the answer to a request for ``path``."""
        if answer.status >= 400:
            self._judge_error(answer)
        elif answer.ok and endpoint in self._verbs:
            self._judge_success(endpoint, path, answer)
        if answer.status != 204 and answer.data:
            fine = answer.media_type == "application/json" and answer.json is not None
            found = f"{answer.media_type or 'no Content-Type'}, {_start(answer)}"
            self._rows.of(ANSWER, IS_JSON).judge(None if fine else found)

    def _judge_success(self, endpoint: str, path: str, answer: Answer) -> None:
        verb, rows = self._verbs[endpoint], self._rows
        wrong = answer.status != STATUSES[verb]
        rows.of(endpoint, status_of(verb)).judge(str(answer.status) if wrong else None)
        if verb == "delete":
            announced = answer.headers.get("Content-Length", "0") != "0"
            chunked = "Transfer-Encoding" in answer.headers and answer.status == 204
            found = "a body is announced" if announced or chunked else None
            if answer.data:
                found = f"a body: {_start(answer)}"
            rows.of(endpoint, EMPTY).judge(found)
        if verb == "list":
            rows.of(endpoint, PAGE).judge(_wrong_page(answer.json))
        if verb == "create" and isinstance(answer.json, dict):
            self._judge_location(endpoint, path, answer)

    def _judge_location(self, endpoint: str, path: str, answer: Answer) -> None:
        base = f"{self._address}{path}"
        told = answer.headers.get("Location")
        fine = told and urljoin(base, told) == f"{base}/{answer.json.get('id')}"
        self._rows.of(endpoint, LOCATION).judge(None if fine else short(told or "none"))

    def _judge_error(self, answer: Answer) -> None:
        rows, shown = self._rows, answer.json
        given = shown if isinstance(shown, dict) else {}
        wanted = error_object(answer.status, "")
        keys = None if list(given) == list(wanted) else ", ".join(map(short, given))
        keys = f"{answer.status} with {keys or _start(answer)}" if keys is not None else None
        rows.of(ERROR, THREE_KEYS).judge(keys)
        message = given.get("message")
        fine = isinstance(message, str) and bool(message)
        if "message" in given:
            rows.of(ERROR, MESSAGE).judge(None if fine else show(message))
        for name, rule in (("type", TYPE), ("documentation_url", DOCS)):
            if name in given:
                value = given[name]
                found = None if value == wanted[name] else f"{show(value)} of a {answer.status}"
                rows.of(ERROR, rule).judge(found)
        for status, header, rule in (
            (401, "WWW-Authenticate", CHALLENGE),
            (405, "Allow", ALLOW),
        ):
            if answer.status == status:
                rows.of(ERROR, rule).judge(None if answer.headers.get(header) else "none")


def _wrong_page(page: Any) -> str | None:
    if not isinstance(page, dict):
        return "no object"
    if list(page) != ["has_more", "data"]:
        return ", ".join(map(short, page)) or "an empty object"
    if not isinstance(page["has_more"], bool):
        return f"has_more: {show(page['has_more'])}"
    objects = isinstance(page["data"], list) and all(isinstance(one, dict) for one in page["data"])
    return None if objects else f"data: {show(page['data'])}"


def _start(answer: Answer) -> str:
    """How a body begins."""
    return short(answer.data[:60].decode(errors="replace")) or "nothing"
