"""Package files and standard modules that are not affected by a test's patches."""

from importlib.machinery import SourceFileLoader
from importlib.util import find_spec, module_from_spec
from os.path import join
from types import ModuleType


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


def load_copy(name: str) -> ModuleType:
    """Return a new copy of a standard module.

    Tools such as freezegun, VCR.py and pook replace names and methods in the loaded module, and
    names that were imported from it.
    """
    spec = find_spec(name)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
