"""The files that packages ship beside their code."""

from importlib.machinery import SourceFileLoader
from importlib.util import find_spec
from os.path import join


def read_data(package: str, path: str) -> bytes:
    """Return a file of an installed package; raises ``OSError`` or ``ValueError``.

    An import loader reads it: unlike ``open`` and ``pathlib``, it still finds the file while a test
    replaces the file system, as pyfakefs does.
    """
    spec = find_spec(package)
    assert spec is not None
    assert spec.submodule_search_locations is not None
    file = join(spec.submodule_search_locations[0], path)
    return SourceFileLoader(package, file).get_data(file)


def read_text(package: str, path: str) -> str:
    """Return a text file of an installed package, as `read_data` does."""
    return read_data(package, path).decode()
