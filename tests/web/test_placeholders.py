"""Generated avatars and files are valid, deterministic, and safe for any name."""

from __future__ import annotations

import csv
import hashlib
import html.parser
import io
import json
import re
import struct
import wave
import zipfile
import zlib
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.web.placeholders import avatar, placeholder

SVG = "{http://www.w3.org/2000/svg}"
MEDIA_TYPES = [
    "image/png",
    "image/gif",
    "image/jpeg",
    "image/svg+xml",
    "application/pdf",
    "application/json",
    "application/zip",
    "audio/wav",
    "text/plain",
    "text/csv",
    "text/html",
]
any_text = st.text(st.characters(exclude_categories=()))  # Lone surrogates are characters too.


def parse_svg(data: bytes) -> ElementTree.Element:
    return ElementTree.fromstring(data)


def caption(data: bytes) -> str:
    return parse_svg(data).findtext(f"{SVG}text", "")


def background(data: bytes) -> str:
    tile = parse_svg(data).find(f"{SVG}rect")
    assert tile is not None
    return tile.attrib["fill"]


def luminance(colour: str) -> float:
    """Return WCAG 2's relative luminance of a colour such as ``#336699``."""
    parts = [part / 255 for part in bytes.fromhex(colour.removeprefix("#"))]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


# Avatars


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("frank", "F"),
        ("Ada Lovelace", "AL"),
        ("ada\tking\nlovelace", "AL"),
        ("jean-luc_picard", "JP"),
        ("émile Zola", "ÉZ"),
        ("ßeta", "S"),
        ("山田 太郎", "山太"),
        ("🎉 Grace", "G"),
        ("🎉🎉", "🎉"),
        ("👩\u200d🚀", "👩"),
        ("<", "<"),
        ("", "?"),
        (" \u200b\x00\ud800", "?"),
    ],
)
def test_an_avatar_shows_the_initials_of_its_name(name: str, initials: str) -> None:
    assert caption(avatar(name)[0]) == initials


def test_an_avatar_is_a_titled_square_image() -> None:
    data, content_type = avatar("Ada <Lovelace> & Co")
    svg = parse_svg(data)
    assert content_type == "image/svg+xml"
    assert svg.tag == f"{SVG}svg"
    assert svg.attrib["viewBox"] == "0 0 128 128"
    assert svg.attrib["role"] == "img"
    assert svg.findtext(f"{SVG}title") == "Ada <Lovelace> & Co"


@given(any_text)
def test_any_name_gives_a_well_formed_avatar(name: str) -> None:
    svg = parse_svg(avatar(name)[0])
    assert [child.tag for child in svg] == [f"{SVG}title", f"{SVG}rect", f"{SVG}text"]
    assert svg.findtext(f"{SVG}title")


def test_the_colour_of_a_name_never_changes() -> None:
    assert background(avatar("frank")[0]) == "#2d7668"


def test_the_text_of_an_avatar_is_readable_on_any_hue() -> None:
    backgrounds = {background(avatar(f"user {number}")[0]) for number in range(3000)}
    assert len(backgrounds) > 300
    for colour in backgrounds:
        assert 1.05 / (luminance(colour) + 0.05) >= 4.5, colour


# Placeholders of every type


@pytest.mark.parametrize("media_type", MEDIA_TYPES)
def test_a_supported_type_is_served_as_itself(media_type: str) -> None:
    data, content_type = placeholder("report", media_type, 1234)
    assert data
    assert content_type.removesuffix("; charset=utf-8") == media_type


@pytest.mark.parametrize("media_type", MEDIA_TYPES)
@given(filename=any_text)
def test_any_filename_can_be_served(media_type: str, filename: str) -> None:
    first, second = (placeholder(filename, media_type, 1) for _ in range(2))
    assert first == second


def test_text_declares_its_character_set() -> None:
    for media_type in ("text/plain", "text/csv", "text/html"):
        data, content_type = placeholder("résumé", media_type, 1)
        assert content_type == f"{media_type}; charset=utf-8"
        assert "résumé" in data.decode()


def test_case_and_parameters_of_a_media_type_are_ignored() -> None:
    assert placeholder("a", "Text/CSV; charset=latin-1", 1)[1] == "text/csv; charset=utf-8"
    assert placeholder("a.png", " image/PNG ", 1) == placeholder("a.png", "image/png", 1)


@pytest.mark.parametrize("media_type", ["video/mp4", "", "image/png\r\nSet-Cookie: a=b"])
def test_an_unsupported_type_is_served_as_plain_text(media_type: str) -> None:
    data, content_type = placeholder("clip.mp4", media_type, 4096)
    name, note = data.decode().splitlines()
    assert content_type == "text/plain; charset=utf-8"
    assert name == "clip.mp4"
    assert "4096 bytes" in note
    assert (media_type or "unknown").split("\r")[0] in note


def test_a_file_without_a_name_is_called_unnamed() -> None:
    assert placeholder("", "text/plain", 1)[0].startswith(b"unnamed\n")


# Images


def png_chunks(data: bytes) -> list[tuple[bytes, bytes]]:
    """Return the kind and data of each chunk, after checking the checksums."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    chunks, position = [], 8
    while position < len(data):
        (length,) = struct.unpack_from(">I", data, position)
        body = data[position + 4 : position + 8 + length]
        (checksum,) = struct.unpack_from(">I", data, position + 8 + length)
        assert checksum == zlib.crc32(body)
        chunks.append((body[:4], body[4:]))
        position += 12 + length
    return chunks


def test_a_png_placeholder_is_a_complete_image() -> None:
    chunks = png_chunks(placeholder("a.png", "image/png", 1)[0])
    assert [kind for kind, _ in chunks] == [b"IHDR", b"PLTE", b"IDAT", b"IEND"]
    parts = dict(chunks)
    width, height, depth, colour_type = struct.unpack_from(">IIBB", parts[b"IHDR"])
    assert (depth, colour_type) == (1, 3)
    assert len(zlib.decompress(parts[b"IDAT"])) == height * (1 + width // 8)
    assert len(parts[b"PLTE"]) == 3


def gif_pixels(data: bytes) -> tuple[int, int, list[int]]:
    """Return width, height and pixels of a GIF with one image, from its LZW codes."""
    assert data[:6] == b"GIF89a"
    width, height, flags = struct.unpack_from("<HHB", data, 6)
    position = 13 + 3 * 2 ** ((flags & 7) + 1)
    assert data[position : position + 1] == b","
    assert struct.unpack_from("<HHHH", data, position + 1) == (0, 0, width, height)
    smallest = data[position + 10]
    position += 11
    stream = b""
    while length := data[position]:
        stream += data[position + 1 : position + 1 + length]
        position += 1 + length
    assert data[position:] == b"\0;"

    bits = int.from_bytes(stream, "little")
    clear, end = 2**smallest, 2**smallest + 1
    table: dict[int, list[int]] = {}
    size, previous, pixels = smallest + 1, list[int](), list[int]()
    while (code := bits & (2**size - 1)) != end:
        bits >>= size
        if code == clear:
            table = {value: [value] for value in range(clear)}
            size, previous = smallest + 1, []
            continue
        entry = table[code] if code in table else [*previous, previous[0]]
        if previous:
            table[len(table) + 2] = [*previous, entry[0]]
        if len(table) + 2 == 2**size:
            size += 1
        pixels += entry
        previous = entry
    return width, height, pixels


def test_a_gif_placeholder_decodes_to_one_colour() -> None:
    width, height, pixels = gif_pixels(placeholder("a.gif", "image/gif", 1)[0])
    assert pixels == [0] * (width * height)


def test_the_colour_of_a_tile_depends_on_the_filename() -> None:
    for media_type in ("image/png", "image/gif", "image/svg+xml"):
        assert placeholder("a", media_type, 1) != placeholder("b", media_type, 1)


def test_a_jpeg_placeholder_is_the_known_image() -> None:
    data = placeholder("a.jpg", "image/jpeg", 1)[0]
    assert data.startswith(b"\xff\xd8\xff\xe0\x00\x10JFIF\0")
    assert data.endswith(b"\xff\xd9")
    # Pillow decodes these bytes to 64 by 64 pixels of grey; look again before changing them.
    digest = "77ebf0e8ad54cb1c180e01267953201d2d2528ca4fe8f2f1323389e006af32a6"
    assert hashlib.sha256(data).hexdigest() == digest


def test_an_svg_placeholder_shortens_a_long_filename() -> None:
    filename = "the minutes of a long meeting & <more>.svg"
    data = placeholder(filename, "image/svg+xml", 1)[0]
    assert parse_svg(data).findtext(f"{SVG}title") == filename
    assert caption(data) == "the minutes of a lo…"


@given(any_text)
def test_any_filename_gives_a_well_formed_svg(filename: str) -> None:
    assert caption(placeholder(filename, "image/svg+xml", 1)[0])


# Documents


@given(any_text)
def test_a_pdf_placeholder_has_a_correct_xref_table(filename: str) -> None:
    data = placeholder(filename, "application/pdf", 1)[0]
    assert data.startswith(b"%PDF-1.4\n")
    ending = re.search(rb"startxref\n(\d+)\n%%EOF\n\Z", data)
    assert ending is not None
    start = int(ending[1])
    table = re.match(rb"xref\n0 (\d+)\n((?:\d{10} \d{5} [fn] \n)+)trailer\n", data[start:])
    assert table is not None
    count, entries = int(table[1]), table[2].splitlines()
    assert len(entries) == count
    assert entries[0] == b"0000000000 65535 f "
    offsets = [int(entry[:10]) for entry in entries[1:]]
    for number, (begin, after) in enumerate(pairwise([*offsets, start]), start=1):
        assert data[begin:after].startswith(b"%d 0 obj\n" % number)
        assert data[begin:after].endswith(b"\nendobj\n")
    assert b"/Size %d " % count in data[start:]


@given(any_text)
def test_a_pdf_placeholder_declares_its_page_length(filename: str) -> None:
    data = placeholder(filename, "application/pdf", 1)[0]
    stream = re.search(rb"/Length (\d+) >>\nstream\n(.*?)\nendstream", data, re.DOTALL)
    assert stream is not None
    assert len(stream[2]) == int(stream[1])


def test_a_pdf_placeholder_escapes_delimiters() -> None:
    data = placeholder(r"a (b) \c é 山.pdf", "application/pdf", 5)[0]
    assert rb"(a \(b\) \\c " + b"\xe9 ?.pdf) Tj" in data
    assert b"5 bytes of application/pdf" in data


def test_a_pdf_placeholder_keeps_any_script_in_its_title() -> None:
    title = re.search(rb"/Title <(\w+)>", placeholder("山.pdf", "application/pdf", 1)[0])
    assert title is not None
    assert bytes.fromhex(title[1].decode()).decode("utf-16") == "山.pdf"


def test_an_html_placeholder_escapes_its_filename() -> None:
    tags, texts = list[str](), list[str]()

    class Reader(html.parser.HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            tags.append(tag)

        def handle_data(self, data: str) -> None:
            texts.append(data)

    filename = '</title><script>alert("1")</script>.html'
    Reader().feed(placeholder(filename, "text/html", 1)[0].decode())
    assert tags == ["html", "meta", "title", "h1", "p"]
    assert "".join(texts).count(filename) == 2


def test_a_csv_placeholder_is_a_header_and_a_quoted_row() -> None:
    data = placeholder('a,"b".csv', "text/csv", 7)[0].decode()
    heading, row = csv.reader(io.StringIO(data, newline=""))
    assert heading == ["filename", "note"]
    assert row == ['a,"b".csv', "A placeholder for 7 bytes of text/csv."]


def test_a_json_placeholder_contains_its_filename() -> None:
    data, content_type = placeholder('a"\ud800.json', "application/json", 7)
    assert content_type == "application/json"
    assert json.loads(data) == {
        "filename": 'a"\ufffd.json',
        "note": "A placeholder for 7 bytes of application/json.",
    }


def test_a_wav_placeholder_is_a_short_silence() -> None:
    with wave.open(io.BytesIO(placeholder("a.wav", "audio/wav", 1)[0])) as recording:
        assert recording.getnframes() / recording.getframerate() == 0.1
        assert set(recording.readframes(recording.getnframes())) == {0x80}


def test_a_zip_placeholder_does_not_depend_on_day_or_machine() -> None:
    with zipfile.ZipFile(io.BytesIO(placeholder("a.zip", "application/zip", 9)[0])) as archive:
        (entry,) = archive.infolist()
        assert archive.testzip() is None
        assert entry.date_time == (1980, 1, 1, 0, 0, 0)
        assert entry.create_system == 3
        assert archive.read(entry) == b"a.zip\nA placeholder for 9 bytes of application/zip.\n"
