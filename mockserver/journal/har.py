"""The journal as a HAR file (HTTP Archive 1.2), which browsers, proxies and MSW read.

http://www.softwareishard.com/blog/har-12-spec/
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from mockserver import __version__
from mockserver.errors import hide_query
from mockserver.journal.exchange import Exchange, redact, text_or_base64


def to_har(exchanges: Iterable[Exchange], root: str) -> dict[str, Any]:
    """Return the exchanges with a server at the URL ``root`` as a HAR document."""
    creator = {"name": "mockserver", "version": __version__}
    entries = [_entry(exchange, root) for exchange in exchanges]
    return {"log": {"version": "1.2", "creator": creator, "entries": entries}}


def _entry(exchange: Exchange, root: str) -> dict[str, Any]:
    headers, response_headers = redact(exchange.headers), redact(exchange.response_headers)
    query = redact(exchange.query.items())
    target = exchange.path + (f"?{exchange.query_string}" if exchange.query_string else "")
    common = {"httpVersion": "HTTP/1.1", "cookies": [], "headersSize": -1}
    request = {
        **common,
        "method": exchange.method,
        "url": hide_query(root + target),
        "headers": _pairs(headers),
        "queryString": _pairs(query),
        "bodySize": len(exchange.body),
    }
    if exchange.body:
        request["postData"] = {"mimeType": headers.get("Content-Type", ""), **_text(exchange.body)}
    content = {"size": len(exchange.response_body), **_text(exchange.response_body)}
    response = {
        **common,
        "status": exchange.status,
        "statusText": HTTPStatus(exchange.status).phrase if exchange.status else "no response",
        "headers": _pairs(response_headers),
        "content": {"mimeType": response_headers.get("Content-Type", ""), **content},
        "redirectURL": "",
        "bodySize": len(exchange.response_body),
    }
    return {
        "startedDateTime": datetime.fromtimestamp(exchange.at, UTC).isoformat(),
        "time": exchange.ms,
        "request": request,
        "response": response,
        "cache": {},
        "timings": {"send": 0, "wait": exchange.ms, "receive": 0},
        "_id": exchange.id,
    }


def _pairs(values: Mapping[str, str | list[str]]) -> list[dict[str, str]]:
    return [
        {"name": name, "value": item}
        for name, value in values.items()
        for item in (value if isinstance(value, list) else [value])
    ]


def _text(body: bytes) -> dict[str, str]:
    text = text_or_base64(body)
    if isinstance(text, str):
        return {"text": text}
    return {"text": text["base64"], "encoding": "base64"}
