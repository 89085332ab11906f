"""The syntax of media types, and the media type of a filename.

The standard library's ``mimetypes`` reads files of the machine, so its results differ between
machines. This module reads only the table ``mime.types`` beside it.
"""

import re

from mockserver.unpatched import read_text

# RFC 6838, section 4.2.
MEDIA_TYPE = re.compile(r"[a-z0-9][\w!#$&^.+-]{0,126}/[a-z0-9][\w!#$&^.+-]{0,126}", re.ASCII)


_BY_EXTENSION = {
    extension: media_type
    for line in read_text(__package__, "mime.types").splitlines()
    if line and not line.startswith("#")
    for media_type, *extensions in [line.split()]
    for extension in extensions
}


def guess_type(filename: str) -> str:
    """Return the media type of a filename's extension, by default ``application/octet-stream``."""
    _, dot, extension = filename.rpartition(".")
    return _BY_EXTENSION.get(dot and extension.lower(), "application/octet-stream")
