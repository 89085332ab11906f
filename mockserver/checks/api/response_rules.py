"""The rules that all responses must keep: statuses, headers, pages, errors and attributes."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin

from mockserver.checks.api.http import ApiResponse, one_line, to_text
from mockserver.checks.api.results import DECIDED, DOCUMENTED, ApiResult, ApiResults, Basis
from mockserver.errors import error_object
from mockserver.schema.compound import List, Nested
from mockserver.schema.fields import StrictField
from mockserver.schema.schema import Schema, ValidationError

RESPONSE, ERROR = "every response", "every error"
IS_JSON = "JSON, as application/json"
ERROR_KEYS = "exactly type, message, documentation_url"
ERROR_TYPE = "type: invalid_request for a 4xx, api_error for a 5xx"
MESSAGE = "message: a text that says what is wrong"
DOCUMENTATION = "documentation_url: the page of its type"
CHALLENGE = "a 401 has WWW-Authenticate"
ALLOW = "a 405 has Allow"
LOCATION = "a Location with the URL of the new object"
EMPTY = "no body"
PAGE = "a page is {has_more: boolean, data: [objects]}"
KEY_ORDER = "the documented order of keys"
NO_UNKNOWN = "no other attributes"
STATUSES = {"list": 200, "create": 201, "retrieve": 200, "update": 200, "delete": 204}
#: The rule for the response of a verb, besides its status.
VERB_RULES: dict[str, tuple[str, Basis]] = {
    "list": (PAGE, DOCUMENTED),
    "create": (LOCATION, DECIDED),
    "delete": (EMPTY, DECIDED),
}


class ResponseRules:
    """The rules for the status, the headers and the form of the body."""

    def __init__(self, verbs: Mapping[str, str], url: str, results: ApiResults) -> None:
        """``verbs`` has the verb of each endpoint, such as ``list`` for ``GET /contacts``."""
        self._verbs, self._url, self._results = verbs, url, results
        results.add(RESPONSE, IS_JSON, DOCUMENTED)
        for rule in (ERROR_KEYS, ERROR_TYPE, MESSAGE, DOCUMENTATION, CHALLENGE):
            results.add(ERROR, rule, DOCUMENTED)
        results.add(ERROR, ALLOW, DECIDED)
        for endpoint, verb in verbs.items():
            results.add(endpoint, f"status {STATUSES[verb]}", DECIDED)
            if verb in VERB_RULES:
                results.add(endpoint, *VERB_RULES[verb])

    def judge(self, endpoint: str, path: str, response: ApiResponse) -> None:
        """Record which rules the response keeps or breaks; ``path`` is that of the request."""
        if response.status >= 400:
            self._judge_error(response)
        elif response.ok and endpoint in self._verbs:
            self._judge_success(endpoint, path, response)
        if response.status != 204 and response.data:
            is_json = response.media_type == "application/json" and response.json is not None
            difference = f"{response.media_type or 'no Content-Type'}, {_beginning(response)}"
            self._results.record(RESPONSE, IS_JSON, None if is_json else difference)

    def _judge_success(self, endpoint: str, path: str, response: ApiResponse) -> None:
        verb, status = self._verbs[endpoint], STATUSES[self._verbs[endpoint]]
        difference = None if response.status == status else str(response.status)
        self._results.record(endpoint, f"status {status}", difference)
        if verb == "delete":
            self._results.record(endpoint, EMPTY, _body_of(response))
        if verb == "list":
            self._results.record(endpoint, PAGE, _page_difference(response.json))
        if verb == "create" and isinstance(response.json, dict):
            url = f"{self._url}{path}"
            location = response.headers.get("Location")
            is_right = location and urljoin(url, location) == f"{url}/{response.json.get('id')}"
            difference = None if is_right else one_line(location or "none")
            self._results.record(endpoint, LOCATION, difference)

    def _judge_error(self, response: ApiResponse) -> None:
        error = response.json if isinstance(response.json, dict) else {}
        expected = error_object(response.status, "")
        keys = ", ".join(map(one_line, error)) or _beginning(response)
        difference = None if list(error) == list(expected) else f"{response.status} with {keys}"
        self._results.record(ERROR, ERROR_KEYS, difference)
        if "message" in error:
            difference = None if response.error_message else to_text(error["message"])
            self._results.record(ERROR, MESSAGE, difference)
        for name, rule in (("type", ERROR_TYPE), ("documentation_url", DOCUMENTATION)):
            if name in error:
                difference = f"{to_text(error[name])} for a {response.status}"
                is_right = error[name] == expected[name]
                self._results.record(ERROR, rule, None if is_right else difference)
        for status, header, rule in ((401, "WWW-Authenticate", CHALLENGE), (405, "Allow", ALLOW)):
            if response.status == status:
                difference = None if response.headers.get(header) else "none"
                self._results.record(ERROR, rule, difference)


class ObjectRules:
    """The rules for one kind of object: one for each documented attribute, nested ones included."""

    def __init__(self, name: str, schema: Schema, results: ApiResults) -> None:
        self._fields = schema.fields
        self._unknown = results.add(name, NO_UNKNOWN, DOCUMENTED)
        self._order = results.add(name, KEY_ORDER, DOCUMENTED)
        self._attributes: dict[str, ApiResult] = {}
        for attribute, field in self._fields.items():
            expected = f"{field.expected} or null" if field.allow_none else field.expected
            self._attributes[attribute] = results.add(f"{name}.{attribute}", expected, DOCUMENTED)
        self.nested: dict[str, ObjectRules] = {}
        for attribute, field in self._fields.items():
            inner, suffix = (field.inner, "[]") if isinstance(field, List) else (field, "")
            if isinstance(inner, Nested):
                nested = ObjectRules(f"{name}.{attribute}{suffix}", inner.schema, results)
                self.nested[attribute] = nested

    def judge(self, data: Mapping[str, Any]) -> None:
        """Record which rules an object keeps or breaks."""
        unknown = ", ".join(one_line(name) for name in data if name not in self._fields)
        self._unknown.record(f"unknown: {unknown}" if unknown else None)
        order = [name for name in data if name in self._fields]
        expected = [name for name in self._fields if name in data]
        self._order.record(None if order == expected else ", ".join(order))
        for name, field in self._fields.items():
            difference = _difference(field, data[name]) if name in data else "missing"
            self._attributes[name].record(difference)
        for name, rules in self.nested.items():
            value = data.get(name)
            for item in value if isinstance(value, list) else [value]:
                if isinstance(item, dict):
                    rules.judge(item)

    def value(self, data: Mapping[str, Any], name: str) -> Any:
        """Return an attribute. Raises ``Unclear`` if the attribute's rule is broken."""
        self._attributes[name].require()
        return data[name]

    def valid_values(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """Return the attributes whose rules are not broken."""
        results = self._attributes.items()
        return {name: data[name] for name, result in results if result.verdict != "drift"}


def _difference(field: StrictField, value: Any) -> str | None:
    if value is None:
        return None if field.allow_none else "null"
    if isinstance(field, List):  # the rules for its objects are separate
        is_valid = isinstance(value, list) and all(isinstance(item, dict) for item in value)
    elif isinstance(field, Nested):
        is_valid = isinstance(value, dict)
    else:
        try:
            # A field also accepts forms that only requests may have, such as 5.0 for 5, or
            # reactions as one object; so compare its result with the value.
            loaded = field.deserialize(value)
            is_valid = loaded == value and type(loaded) is type(value)
        except ValidationError:
            is_valid = False
    return None if is_valid else to_text(value)


def _body_of(response: ApiResponse) -> str | None:
    """Describe the body of a response that must have none; return None if it has none."""
    if response.data:
        return f"a body: {_beginning(response)}"
    has_length = response.headers.get("Content-Length", "0") != "0"
    is_chunked = "Transfer-Encoding" in response.headers and response.status == 204
    return "headers that announce a body" if has_length or is_chunked else None


def _page_difference(page: Any) -> str | None:
    if not isinstance(page, dict):
        return "no object"
    if list(page) != ["has_more", "data"]:
        return ", ".join(map(one_line, page)) or "an empty object"
    if not isinstance(page["has_more"], bool):
        return f"has_more: {to_text(page['has_more'])}"
    data = page["data"]
    is_valid = isinstance(data, list) and all(isinstance(item, dict) for item in data)
    return None if is_valid else f"data: {to_text(data)}"


def _beginning(response: ApiResponse) -> str:
    return one_line(response.data[:60].decode(errors="replace")) or "nothing"
