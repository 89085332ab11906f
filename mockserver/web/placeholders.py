"""Generated avatars and placeholder files: the same arguments give the same bytes everywhere."""

import colorsys
import csv
import hashlib
import html
import io
import json
import re
import zipfile
import zlib
from collections.abc import Callable

from mockserver.unpatched import read_data, read_text

_SVG = "image/svg+xml"

# Characters that XML forbids or discourages, and lone surrogates, which UTF-8 cannot encode.
_INVALID = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")

# The pictures have 64 by 64 pixels, the sound is a tenth of a second of silence. The palette of the
# PNG and the GIF (1 and 128 colours, at fixed positions) is replaced by the file's colour. The PDF
# lacks its page, its title and its cross-reference table, which are added for each file.
_JPEG, _PNG, _GIF, _WAV, _PDF = (
    read_data(__package__, f"files/placeholder.{kind}")
    for kind in ("jpg", "png", "gif", "wav", "pdf")
)
_SQUARE, _PAGE = (read_text(__package__, f"files/placeholder.{kind}") for kind in ("svg", "html"))


def avatar(name: str) -> tuple[bytes, str]:
    """Return a square SVG with the initials of ``name`` (any text), and its media type."""
    return _picture(name, _initials(name), font_size=52), _SVG


def placeholder(filename: str, media_type: str, size: int) -> tuple[bytes, str]:
    """Return a small valid file for ``filename``, and its actual content type.

    ``media_type`` is the attachment's type, parameters allowed; for an unsupported one, the file is
    plain text. ``size`` is the attachment's size in bytes, which the file only mentions.
    """
    served = media_type.partition(";")[0].strip().lower()
    if served not in _GENERATORS:
        served = "text/plain"
    label = _replace_invalid(filename) or "unnamed"
    note = f"A placeholder for {size} bytes of {_replace_invalid(media_type) or 'unknown type'}."
    charset = "; charset=utf-8" if served.startswith("text/") else ""
    return _GENERATORS[served](label, note), served + charset


def _replace_invalid(text: str) -> str:
    """Return the text with U+FFFD in place of characters that a document cannot contain."""
    return _INVALID.sub("\ufffd", text)


def _shorten(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"


def _initials(name: str) -> str:
    """Return one or two capitals; for a name without letters, its first visible character."""
    words = re.split(r"[\s._-]+", name)
    letters = [letter for word in words if (letter := next(filter(str.isalnum, word), ""))]
    if not letters:
        return next((char for char in name if char.isprintable() and not char.isspace()), "?")
    ends = letters[:1] + letters[1:][-1:]
    return "".join(letter.upper()[0] for letter in ends)  # the capital of "ß" is two letters


def _colour(name: str) -> bytes:
    """Return red, green and blue (a byte each) of a background for white text.

    Only the hue varies. The brightest, yellow, still has a contrast of 4.7 to 1 at this saturation
    and lightness (WCAG 2 requires 4.5).
    """
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).digest()
    hue = int.from_bytes(digest[:2], "big") / 0x10000
    return bytes(round(255 * part) for part in colorsys.hls_to_rgb(hue, 0.32, 0.45))


def _picture(name: str, caption: str, font_size: int) -> bytes:
    """Return an SVG square with a centred caption."""
    title, colour = html.escape(_replace_invalid(name) or "unnamed"), _colour(name).hex()
    values = {"title": title, "colour": colour, "font_size": font_size}
    return _SQUARE.format(**values, caption=html.escape(caption)).encode()


# The arguments of each function: a printable file name, and a sentence about the file.


def _png(label: str, note: str) -> bytes:
    palette = b"PLTE" + _colour(label)
    return _PNG[:37] + palette + zlib.crc32(palette).to_bytes(4, "big") + _PNG[48:]


def _gif(label: str, note: str) -> bytes:
    palette = _colour(label) * 128
    return _GIF[:13] + palette + _GIF[13 + len(palette) :]


def _pdf(label: str, note: str) -> bytes:
    def line(text: str) -> bytes:
        # The standard fonts support only cp1252; the document's title supports all characters.
        return re.sub(rb"([\\()])", rb"\\\1", _shorten(text, 80).encode("cp1252", "replace"))

    page = b"BT /F1 12 Tf 18 TL 40 780 Td (%b) Tj T* (%b) Tj ET" % (line(label), line(note))
    title = ("\ufeff" + label).encode("utf-16-be").hex().encode()
    document = _PDF % (len(page), page, title)
    objects = re.finditer(rb"^\d 0 obj$", document, re.MULTILINE)
    table = b"".join(b"%010d 00000 n \n" % match.start() for match in objects)
    return (
        b"%bxref\n0 7\n0000000000 65535 f \n%b"
        b"trailer\n<< /Size 7 /Root 1 0 R /Info 6 0 R >>\n"
        b"startxref\n%d\n%%%%EOF\n"
    ) % (document, table, len(document))


def _csv(label: str, note: str) -> bytes:
    table = io.StringIO()
    csv.writer(table).writerows([("filename", "note"), (label, note)])
    return table.getvalue().encode()


def _html(label: str, note: str) -> bytes:
    return _PAGE.format(label=html.escape(label), note=html.escape(note)).encode()


def _zip(label: str, note: str) -> bytes:
    entry = zipfile.ZipInfo("README.txt", date_time=(1980, 1, 1, 0, 0, 0))
    entry.create_system = 3  # Unix; the default depends on the machine
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr(entry, f"{label}\n{note}\n")
    return archive.getvalue()


_GENERATORS: dict[str, Callable[[str, str], bytes]] = {
    "image/png": _png,
    "image/gif": _gif,
    "image/jpeg": lambda label, note: _JPEG,
    _SVG: lambda label, note: _picture(label, _shorten(label, 20), font_size=10),
    "application/pdf": _pdf,
    "application/json": lambda label, note: (
        json.dumps({"filename": label, "note": note}).encode() + b"\n"
    ),
    "application/zip": _zip,
    "audio/wav": lambda label, note: _WAV,
    "text/plain": lambda label, note: f"{label}\n{note}\n".encode(),
    "text/csv": _csv,
    "text/html": _html,
}
