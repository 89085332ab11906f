"""Random hostile requests, such as faulty clients send."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any
from urllib.parse import quote, unquote_to_bytes, urlencode

from urllib3.filepost import encode_multipart_formdata

from tests.properties.model import KINDS, POST, PUT, name

MAX_BODY = 200_000
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=frontier"


@dataclass(frozen=True)
class Hostile:
    """A request as bytes; header values are Latin-1 text, as in WSGI."""

    method: str
    path: bytes
    query: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def environ(self) -> dict[str, Any]:
        """Return the WSGI environ that the server passes to the application."""
        environ: dict[str, Any] = {
            "REQUEST_METHOD": self.method,
            "PATH_INFO": unquote_to_bytes(self.path).decode("latin-1"),
            "QUERY_STRING": self.query.decode("latin-1"),
            "SCRIPT_NAME": "",
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "4242",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": "127.0.0.1:4242",
            "CONTENT_LENGTH": str(len(self.body)),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(self.body),
            "wsgi.input_terminated": True,
            "wsgi.errors": BytesIO(),
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        for header, value in self.headers:
            key = header.upper().replace("-", "_")
            plain = key in ("CONTENT_TYPE", "CONTENT_LENGTH")
            environ[key if plain else f"HTTP_{key}"] = value
        return environ


# Valid requests of every endpoint and encoding, to start from.

BODIES: dict[tuple[str, str], dict[str, Any]] = {
    ("contact", "POST"): {"username": "Kevin", "phone_number": "1", "avatar_url": "http://a.b"},
    ("contact", "PUT"): {"display_name": "Kevin"},
    ("conversation", "POST"): {"contact_id": name("contact", 2)},
    ("conversation", "PUT"): {"is_muted": True, "archived_at": 5},
    ("group", "POST"): {"name": "Bandits", "contacts": [name("contact", 1), name("contact", 2)]},
    ("group", "PUT"): {"name": "Wet", "contacts": [{"id": name("contact", 3)}]},
    ("message", "POST"): {"conversation_id": name("conversation", 1), "message": "Hello"},
    ("message", "PUT"): {"message": "Bye", "reactions": {"heart": ["Kevin", "Buzz"]}},
    ("attachment", "POST"): {"file": "../plan.pdf", "message_id": name("message", 1)},
    ("attachment", "PUT"): {"filename": "map.pdf"},
}
NAMES = sorted({name for checks in (*POST.values(), *PUT.values()) for name in checks})
IDS = [name(kind, number) for kind in KINDS for number in (0, 1, 2, 5, 10)]


def pairs(body: Any, at: str = "") -> list[tuple[str, str]]:
    """Return a body as a form."""
    if isinstance(body, dict):
        below = [(f"{at}[{key}]" if at else key, value) for key, value in body.items()]
    elif isinstance(body, list):
        below = [(f"{at}[{n}]", value) for n, value in enumerate(body)]
    else:
        return [(at, "true" if body is True else str(body))]
    return [pair for path, value in below for pair in pairs(value, path)]


def encoded(body: Any, content_type: str) -> bytes:
    if content_type == JSON:
        return json.dumps(body).encode()
    if content_type == FORM:
        return urlencode(pairs(body)).encode()
    fields: list[tuple[str, Any]] = [*pairs(body)]
    if "file" in body:
        fields[0] = ("file", ("plan.pdf", b"\x00\xffbytes", "application/pdf"))
    return encode_multipart_formdata(fields, "frontier")[0]


def writing(rng: random.Random, content_type: str | None = None) -> Hostile:
    """Return a valid POST or PUT."""
    kind, method = rng.choice([*BODIES])
    content_type = content_type or rng.choice([JSON, FORM, MULTIPART])
    path = f"/v1/{KINDS[kind]}" + (f"/{name(kind, rng.randint(1, 3))}" if method == "PUT" else "")
    body = encoded(BODIES[kind, method], content_type)
    return Hostile(method, path.encode(), headers=(("Content-Type", content_type),), body=body)


def reading(rng: random.Random) -> Hostile:
    """Return a valid GET or DELETE."""
    kind = rng.choice([*KINDS])
    method = rng.choice(["GET", "GET", "GET", "DELETE"])
    if method == "DELETE" or rng.random() < 0.3:
        return Hostile(method, f"/v1/{KINDS[kind]}/{name(kind, rng.randint(1, 3))}".encode())
    queries: list[dict[str, Any]] = [
        {"limit": rng.randint(1, 100), "starting_after": name(kind, 2)},
        {"ending_before": name(kind, 1)},
        {"conversation_id": name("conversation", 5), "limit": 2},
        {"muted": "true", "archived": "0", "group_id": name("group", 1)},
    ]
    return Hostile(method, f"/v1/{KINDS[kind]}".encode(), urlencode(rng.choice(queries)).encode())


# Mutations that make them hostile.


def damaged(rng: random.Random, data: bytes) -> bytes:
    """Return the bytes with a few deleted, duplicated, swapped, overwritten or inserted."""
    for _ in range(rng.choice([1, 1, 2, 5])):
        start = rng.randrange(len(data) + 1)
        end = min(len(data), start + rng.choice([0, 1, 1, 4, 30, 1000]))
        piece = rng.choice(
            [
                b"",
                data[start:end] * 2,
                data[start:end][::-1],
                rng.randbytes(rng.choice([1, 1, 2, 8])),
                rng.choice(SPLINTERS),
            ]
        )
        data = data[:start] + piece + data[end:]
    return data


SPLINTERS = [
    *(
        b"\0",
        b"\xff",
        b"\r\n",
        b"\r\n\r\n",
        b"\n",
        b'"',
        b"\\",
        b"\\ud800",
        b"\\u0000",
        b"%",
        b"%00",
    ),
    *(
        b"%ff",
        b"%ed%a0%80",
        b"%C0%AF",
        b"[",
        b"]",
        b"[]",
        b"[][",
        b"[a]",
        b"{",
        b"}",
        b"{}",
        b":",
        b",",
    ),
    *(
        b"&",
        b"=",
        b"+",
        b";",
        b"--",
        b"--frontier",
        b"--frontier--",
        b"\xed\xa0\x80",
        b"\xef\xbb\xbf",
    ),
    *(
        b"/",
        b"//",
        b"/../",
        b"/./",
        b"%2f",
        b"%2e%2e",
        b"?",
        b"#",
        b"null",
        b"1e999",
        b"-0",
        b"9" * 400,
    ),
    *(
        b"\xf0\x9f\x98\x80",
        "\u017f\u0131".encode(),
        "\u2028\u202e".encode(),
        b"a" * 3000,
        b"[0]" * 40,
        b"__proto__",
    ),
]
LEAVES = [
    *(
        "null",
        "true",
        "false",
        "0",
        "-0",
        "1",
        "-1",
        "5.0",
        "1.5",
        "1e999",
        "-1e999",
        "1E-999",
        "1e18",
    ),
    *(
        "253402300800",
        "9" * 30,
        "9" * 5000,
        "-" + "9" * 5000,
        "1" + "0" * 400 + ".0",
        "NaN",
        "Infinity",
    ),
    *(
        '""',
        '" "',
        '"x"',
        '"true"',
        '"5"',
        '"\\u0000"',
        '"\\ud800"',
        '"\\udc00\\ud800"',
        '"a\\ud800b"',
    ),
    *(
        '"\\ud83d\\ude00"',
        '"\x01"',
        '"\\x"',
        '"' + "é" * 20_000 + '"',
        '"http://"',
        '"http://[::1"',
    ),
    *(
        '"http://a:b/"',
        '"http://a b/"',
        '"javascript://x"',
        '"http://\\ud800"',
        '"."',
        '".."',
        '"/"',
    ),
    *('"a/../"', '"\\\\"', "[]", "{}", "[null]", "[[]]", '[""]', "[{}]", '{"": []}', '{"a": []}'),
    *('{"a": [], "a": []}', '{"\\ud800": []}', '{"a": ["\\ud800"]}', '[{"a": []}, {"a": []}]'),
    *(
        '{"id": null}',
        '[{"id": {"id": "x"}}]',
        '["\\ud800"]',
        '[{"id": "\\ud800"}]',
        "[" * 300,
        "tru",
    ),
    *("[" * 300 + "]" * 300, '{"a":' * 300 + "1" + "}" * 300, "[" * 100_000, '{"a":' * 30_000),
    *(json.dumps(record_id) for record_id in IDS),
    *(json.dumps(record_id.swapcase()) for record_id in IDS),
    *(json.dumps([record_id, {"id": record_id, "id ": 1}, record_id]) for record_id in IDS),
]


def value(rng: random.Random, depth: int = 0) -> str:
    """Return a request with JSON of any type, or almost JSON."""
    sort = rng.random() if depth < 4 else 1
    if sort < 0.08:
        return f"[{','.join(value(rng, depth + 1) for _ in range(rng.randrange(4)))}]"
    if sort < 0.16:
        names = [rng.choice(["id", "a", "\\ud800", *NAMES]) for _ in range(rng.randrange(4))]
        return "{" + ",".join(f'"{key}":{value(rng, depth + 1)}' for key in names) + "}"
    return rng.choice(LEAVES)


def bytes_as_body(rng: random.Random) -> Hostile:
    return replace(writing(rng), body=rng.randbytes(rng.choice([1, 2, 3, 10, 100, 10_000])))


def damaged_body(rng: random.Random) -> Hostile:
    request = writing(rng)
    return replace(request, body=damaged(rng, request.body))


def values_of_any_type(rng: random.Random) -> Hostile:
    """Return a request with wrong types, unknown names or duplicate attributes."""
    kind, method = rng.choice([*BODIES])
    known = [*(POST if method == "POST" else PUT)[kind]]
    entries = [f'"{key}":{json.dumps(item)}' for key, item in BODIES[kind, method].items()]
    for _ in range(rng.choice([1, 1, 2])):
        key = rng.choice([*known * 3, "id", "created_at", "", "\\ud800", "\\u0000", "x" * 5000])
        entries = [
            entry for entry in entries if not entry.startswith(f'"{key}"') or rng.random() < 0.1
        ]
        entries.append(f'"{key}":{value(rng)}')
    path = f"/v1/{KINDS[kind]}" + (f"/{name(kind, 1)}" if method == "PUT" else "")
    body = "{" + ",".join(entries) + "}"
    headers = (("Content-Type", JSON),)
    return Hostile(method, path.encode(), headers=headers, body=body.encode())


def form_of_any_shape(rng: random.Random) -> Hostile:
    """Return a form with nested, contradicting or invalid names, or meaningless values."""
    request = writing(rng, rng.choice([FORM, MULTIPART]))
    kind = next(
        kind for kind, plural in KINDS.items() if plural == request.path.decode().split("/")[2]
    )
    known = [*(POST if request.method == "POST" else PUT)[kind]]
    brackets = ["", "", "[]", "[0]", "[a]", "[id]", "[-1]", "[999999]", "[", "]", "[[]]", "[][id]"]
    brackets += [
        "[]" * 9,
        "[a]" * 9,
        "[0][id]",
        "[red_angry_face][]",
        ".a",
        "[\0]",
        "[%]",
        "[ ]",
        "[]x",
    ]
    values = ["", "true", "1", "-1", "9" * 5000, "null", "\0", "ü", *IDS]
    fields = [*pairs(BODIES[kind, request.method])]
    for _ in range(rng.choice([1, 2, 3, 3, 8])):
        root = rng.choice([*known, *known, "", "id", "[]"])
        fields.append((root + rng.choice(brackets), rng.choice(values)))
        if rng.random() < 0.5:
            del fields[rng.randrange(len(fields))]
    if rng.random() < 0.02:
        fields = [(rng.choice([f"a{n}", "message", "contacts[]"]), "x") for n in range(1500)]
    if request.headers[0][1] == FORM:
        return replace(request, body=urlencode(fields).encode())
    parts: list[tuple[str, Any]] = [
        (field, ("n", content, "text/plain") if rng.random() < 0.1 else content)
        for field, content in fields
    ]
    return replace(request, body=encode_multipart_formdata(parts, "frontier")[0])


def broken_multipart(rng: random.Random) -> Hostile:
    request = writing(rng, MULTIPART)
    boundaries = [
        "frontier",
        '"frontier"',
        "",
        '""',
        "front",
        "ü",
        "x" * 300,
        "a b",
        "%00",
        "(",
        "\\",
    ]
    content_types = [f"multipart/form-data; boundary={boundary}" for boundary in boundaries]
    content_types += ["multipart/form-data", "multipart/mixed; boundary=frontier", MULTIPART + "*"]
    content_types += ["multipart/form-data; boundary*=utf-8''%ff", "Multipart/Form-Data;;;boundary"]
    content_type = rng.choice(content_types) if rng.random() < 0.5 else MULTIPART
    lines = request.body.split(b"\r\n")
    for _ in range(rng.choice([0, 1, 2])):
        lines[rng.randrange(len(lines))] = rng.choice(PART_LINES)
    body = b"\r\n".join(lines)
    if rng.random() < 0.5:
        body = damaged(rng, body)
    return replace(request, headers=(("Content-Type", content_type),), body=body)


PART_LINES = [
    b"",
    b"--frontier",
    b"--frontier--",
    b"--",
    b": x",
    b"\xff: \xff",
    b"Content-Disposition",
    b"Content-Disposition:",
    b"Content-Disposition: form-data",
    b'Content-Disposition: form-data; name=""',
    b'Content-Disposition: form-data; name="message"; name="file"',
    b"Content-Disposition: form-data; name*=utf-8''%ff%00; filename*=utf-8''%2e%2e%2f",
    b'Content-Disposition: form-data; name="file"; filename=""',
    b'Content-Disposition: form-data; name="file"; filename="..\\..\\"',
    b'Content-Disposition: form-data; name="message"; filename="a.txt"',
    b'Content-Disposition: attachment; name="file\xed\xa0\x80"',
    b"Content-Type: text/plain; charset=utf-7",
    b"Content-Type: text/plain; charset=\xff",
    b"Content-Type: a/b\x00",
    b"Content-Transfer-Encoding: base64",
    b"Content-Length: -1",
]


def query_of_any_kind(rng: random.Random) -> Hostile:
    request = reading(rng) if rng.random() < 0.8 else writing(rng)
    names = [
        "limit",
        "starting_after",
        "ending_before",
        "active",
        "muted",
        "group_id",
        "conversation_id",
    ]
    values = ["", "0", "101", "-1", "1.0", "1_0", "٣", "9" * 5000, "true", "TRUE", "\0", "%", *IDS]
    for _ in range(rng.choice([0, 1, 2, 2])):
        key = rng.choice([*names, *names, "", "limit[]", "limit ", "Limit", "a[b", "\ud800"])
        pair = quote(key, errors="surrogatepass") + "=" + quote(rng.choice(values))
        request = replace(request, query=request.query + b"&" + pair.encode())
    return replace(request, query=damaged(rng, request.query)) if rng.random() < 0.6 else request


def path_of_any_kind(rng: random.Random) -> Hostile:
    request = rng.choice([reading, writing])(rng)
    paths = [b"/", b"", b"/v1", b"/v1/", b"/v1x", b"/V1/contacts", b"/v2/contacts", b"/favicon.ico"]
    paths += [b"/_assets/default/avatars/" + part for part in (b"%00", b"a%2fb.jpg", b"\xff", b".")]
    paths += [b"/_assets/" + part + b"/attachments/x/y" for part in (b"default", b"%ff", b"none")]
    paths += [b"/v1/contacts/" + part for part in (b"", b"/", b"%00", b"\xff\xfe", b"x" * 20_000)]
    path = rng.choice(paths) if rng.random() < 0.3 else damaged(rng, request.path)
    return replace(request, path=path)


def headers_of_any_kind(rng: random.Random) -> Hostile:
    """Return a request with random header values that the server's parser accepts."""
    request = rng.choice([reading, writing])(rng)
    visible = bytes([*range(32, 127), *range(128, 256)]).decode("latin-1")
    noise = "".join(rng.choices(visible, k=rng.choice([1, 3, 30, 3000])))
    values = {
        "Authorization": [
            "",
            "Bearer",
            "Bearer  ",
            "Bearer a b",
            "Basic",
            "Basic =",
            "Basic Og==",
            "Basic /w==",
            "Basic " + "A" * 5000,
            "Digest x",
            "Bearer sandbox_",
            "Bearer sandbox_ü",
            "Bearer revoked_x",
            "Bearer sandbox_" + "x" * 65,
            "bearer\tx",
            "Basic c2FuZGJveF86",
        ],
        "Content-Type": [
            "",
            "text/plain",
            "application/jsonx",
            "json",
            ";",
            "application/json; charset=utf-16",
            "application/x-www-form-urlencoded; charset=utf-7",
            "*/*",
            "a/b; c*=x''%ff",
            "multipart/form-data",
        ],
        "Content-Length": ["0", "99999999999999999999", str(MAX_BODY), str(MAX_BODY + 1), "00001"],
        "Content-Encoding": ["gzip", "br", "", "identity, identity", "Identity"],
        "Host": [
            "",
            "evil.example",
            "127.0.0.1:99999",
            "[::1",
            "[]",
            "a" * 300,
            "127.1",
            "0x7f.1",
            "::",
            "%00",
        ],
        "Origin": ["null", "http://evil.example", ""],
        "Expect": ["x"],
        "Accept": ["*/*;q=x", "text/html"],
        "Access-Control-Request-Headers": ["x", "*"],
        "X-Forwarded-For": ["1"],
        "Cookie": ["a=b; c", "=;=;"],
        "Range": ["bytes=0-"],
        "If-Match": ["*"],
        "Transfer-Encoding": ["chunked", "gzip"],
        "X-HTTP-Method-Override": ["DELETE"],
    }
    for _ in range(rng.choice([1, 1, 2, 4])):
        header = rng.choice([*values, "Authorization", "Content-Type", "Host"])
        known = rng.choice(values[header])
        if header != "Content-Length" and rng.random() < 0.4:
            known = rng.choice([noise, known + noise, noise + known])
        request = replace(request, headers=(*request.headers, (header, known)))
    return request


def methods_of_any_kind(rng: random.Random) -> Hostile:
    request = rng.choice([reading, writing])(rng)
    methods = [
        "PATCH",
        "HEAD",
        "OPTIONS",
        "TRACE",
        "CONNECT",
        "get",
        "POST ",
        "PUT",
        "DELETE",
        "GET",
    ]
    method = rng.choice([*methods, "POST", "X" * 500, "!", "PROPFIND", "%", "^_^"])
    return replace(request, method=method)


def types_that_lie(rng: random.Random) -> Hostile:
    """Return a valid body with another type, path or query, or one that is too large."""
    request = writing(rng)
    lie = rng.choice(["type", "path", "query", "type", "size"])
    if lie == "type":
        other = rng.choice([JSON, FORM, MULTIPART, "", "text/json", "application/octet-stream"])
        return replace(request, headers=(("Content-Type", other),))
    if lie == "path":
        return replace(
            request, path=writing(rng).path, method=rng.choice(["POST", "PUT", "DELETE"])
        )
    if lie == "query":
        return replace(request, query=damaged(rng, b"message=x&limit=5&name=y"))
    return replace(request, body=request.body + b" " * rng.choice([MAX_BODY, 100, 1]))


SORTS: list[Callable[[random.Random], Hostile]] = [
    bytes_as_body,
    damaged_body,
    values_of_any_type,
    form_of_any_shape,
    broken_multipart,
    query_of_any_kind,
    path_of_any_kind,
    headers_of_any_kind,
    methods_of_any_kind,
    types_that_lie,
]
