"""The media type guessed from a file name."""

from __future__ import annotations

import mimetypes

import pytest

from mockserver.resources.media_types import guess_type


@pytest.mark.parametrize(
    ("filename", "expected"),
    [
        ("invoice.pdf", "application/pdf"),
        ("photo.jpg", "image/jpeg"),
        ("photo.jpeg", "image/jpeg"),
        ("logo.svg", "image/svg+xml"),
        ("voice.opus", "audio/ogg"),
        ("voice.wav", "audio/wav"),
        ("song.m4a", "audio/mp4"),
        ("clip.mov", "video/quicktime"),
        ("script.js", "text/javascript"),
        ("contact.vcf", "text/vcard"),
        ("letter.doc", "application/msword"),
        (
            "letter.docx",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
    ],
)
def test_media_type_is_guessed_from_the_extension(filename: str, expected: str) -> None:
    assert guess_type(filename) == expected


def test_every_common_extension_is_known() -> None:
    common = """
        pdf png jpg jpeg gif webp svg heic mp4 mov webm mp3 m4a ogg opus wav txt md csv json xml
        html css js zip gz tar 7z doc docx xls xlsx ppt pptx odt rtf vcf ics epub
    """
    unknown = guess_type("file")
    assert [name for name in common.split() if guess_type(f"file.{name}") == unknown] == []


def test_extension_ignores_case() -> None:
    assert guess_type("SCAN.PDF") == guess_type("scan.Pdf") == "application/pdf"


def test_only_the_last_extension_counts() -> None:
    assert guess_type("backup.tar.gz") == "application/gzip"
    assert guess_type("invoice.pdf.exe") == "application/octet-stream"


@pytest.mark.parametrize(
    "filename", ["", ".", "pdf", "report.", "report.unknown", "a.pdf/b", "\udcff.\udcff"]
)
def test_unknown_extension_is_octet_stream(filename: str) -> None:
    assert guess_type(filename) == "application/octet-stream"


def test_machines_mime_types_are_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    machine = mimetypes.MimeTypes()
    machine.add_type("application/x-machine", ".machine")
    machine.add_type("application/x-machine", ".pdf")
    monkeypatch.setattr("mimetypes._db", machine)
    assert mimetypes.guess_type("file.machine")[0] == "application/x-machine"
    assert guess_type("file.machine") == "application/octet-stream"
    assert guess_type("file.pdf") == "application/pdf"
