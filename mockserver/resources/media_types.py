"""Media types: their syntax, and a guess from a file name.

The standard library's ``mimetypes`` reads files of the machine, so its results differ between
machines. This module reads only its own table, ``mime.types``.
"""

import re
from importlib.resources import files

# Lower case; RFC 6838, section 4.2.
MEDIA_TYPE = re.compile(r"[a-z0-9][\w!#$&^.+-]{0,126}/[a-z0-9][\w!#$&^.+-]{0,126}", re.ASCII)


_BY_EXTENSION = {
    extension: media_type
    for line in files(__package__).joinpath("mime.types").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
    for media_type, *extensions in [line.split()]
    for extension in extensions
}


def guess_type(filename: str) -> str:
    """Return the media type of a file name's extension, or ``application/octet-stream``."""
    _, dot, extension = filename.rpartition(".")
    return _BY_EXTENSION.get(dot and extension.lower(), "application/octet-stream")
