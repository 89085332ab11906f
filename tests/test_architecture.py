"""Rules of the code that import-linter and ruff cannot state (see pyproject.toml for theirs)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODULES = sorted((ROOT / "mockserver").rglob("*.py"))

TOP_LEVEL = ["LICENSE", "README.md", "fixtures", "mockserver", "pyproject.toml", "tests"]
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "service", "misc"}
#: Calls whose result, if kept by a module, would be state shared by all applications.
STATEFUL_CALLS = {
    *("list", "dict", "set", "bytearray", "defaultdict", "deque", "Counter", "OrderedDict"),
    *("array", "count", "cycle", "iter", "open", "Lock", "RLock", "Event", "Condition"),
    *("Semaphore", "Queue", "SimpleQueue", "Thread", "local", "ContextVar"),
    *("WeakKeyDictionary", "WeakValueDictionary", "WeakSet"),
}


def module_assignments(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    """Yield each name that a module assigns at its top level, with the value."""
    for node in tree.body:
        if isinstance(node, ast.AnnAssign) and node.value and isinstance(node.target, ast.Name):
            yield node.target.id, node.value
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    yield target.id, node.value


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_holds_no_state(path: Path) -> None:
    displays = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)
    for name, value in module_assignments(ast.parse(path.read_text(encoding="utf-8"))):
        where = f"{path.relative_to(ROOT)}:{value.lineno}: {name}"
        if isinstance(value, ast.Call):
            function = ast.unparse(value.func).rpartition(".")[2]
            assert function not in STATEFUL_CALLS, f"{where} is shared by all applications"
        if isinstance(value, displays):
            assert name.isupper() or name == "__all__", f"{where} is mutable and not a CONSTANT"


def test_a_file_is_named_for_what_it_holds() -> None:
    assert [path for path in MODULES if path.stem in VAGUE_NAMES] == []


def test_the_top_of_the_repository_holds_only_what_was_agreed() -> None:
    ignored = [line.strip("/") for line in (ROOT / ".gitignore").read_text().split()]
    names = sorted(
        path.name
        for path in ROOT.iterdir()
        if not path.name.startswith(".")
        and not any(fnmatch(path.name, pattern) for pattern in ignored)
    )
    assert names == TOP_LEVEL
