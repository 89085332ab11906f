"""Attachments (reference, "Attachment")."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from mockserver.checks.api.api_client import MARK, ConformanceClient
from mockserver.checks.api.bodies import encoded, multipart
from mockserver.checks.api.check import Check, same
from mockserver.checks.api.rows import DECIDED, DOCUMENTED

CREATE, UPDATE = "POST /attachments", "PUT /attachments/:id"
FILES = "https://assets.protocol.chat/attachments/"


def checks() -> Iterator[Check]:
    for where, rule, run, basis in (
        (CREATE, "a file's name", _name, DOCUMENTED),
        (CREATE, "a file's size in bytes", _size, DOCUMENTED),
        (CREATE, "a file's type, as it was sent", _type, DECIDED),
        (CREATE, "file_url is where the documentation says", _url, DOCUMENTED),
        (CREATE, "on no message at first", _alone, DECIDED),
        (CREATE, "message_id attaches it at once", _at_once, DECIDED),
        (CREATE, "message_id of what is no more: 400", _no_message, DECIDED),
        (CREATE, "a text is a path: its last segment, and no content", _text, DECIDED),
        (UPDATE, "file_url follows the filename", _renamed, DOCUMENTED),
    ):
        yield Check(where, rule, run, basis)


def _name(bench: ConformanceClient) -> None:
    same("filename", bench.upload(f"{MARK} 1.txt")["filename"], f"{MARK} 1.txt")


def _size(bench: ConformanceClient) -> None:
    same("file_size", bench.upload(content=bytes(range(256)) * 3)["file_size"], 768)


def _type(bench: ConformanceClient) -> None:
    made = bench.upload(f"{MARK}.bin", type="application/x-mockserver-check")
    same("file_type", made["file_type"], "application/x-mockserver-check")


def _url(bench: ConformanceClient) -> None:
    name = f"{MARK}_1.txt"
    same("file_url", bench.upload(name)["file_url"], f"{FILES}{name}")


def _alone(bench: ConformanceClient) -> None:
    same("message_id", bench.upload()["message_id"], None)


def _at_once(bench: ConformanceClient) -> None:
    _, [message] = bench.messages(1)
    made = bench.upload(fields=[("message_id", message)])
    same("message_id", made["message_id"], message)
    shown = bench.retrieve("messages", message)["attachments"]
    same("its message's attachments", [each["id"] for each in shown], [made.id])


def _no_message(bench: ConformanceClient) -> None:
    _, [message] = bench.messages(1)
    bench.delete("messages", message)
    values = {"file": f"{MARK}.txt", "message_id": message}
    bench.refused(400, "POST", "attachments", body=encoded(values), sent=values)


def _text(bench: ConformanceClient) -> None:
    made = bench.post("attachments", multipart([("file", f"../a/{MARK}.pdf")]), {})
    same("filename", made["filename"], f"{MARK}.pdf")
    same("file_size", made["file_size"], 0)
    same("file_type", made["file_type"], "application/pdf")


def _renamed(bench: ConformanceClient) -> None:
    name = f"{MARK} later.txt"
    shown = bench.update("attachments", bench.upload().id, {"filename": name})
    same("file_url", shown["file_url"], FILES + quote(name, safe=""))
