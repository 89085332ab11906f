"""The layers of the house, and the habits that keep it: each rule is a table or a few lines.

Where a rule is in the way of a better design, change the code and the rule together.
"""

from __future__ import annotations

import ast
import builtins
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "mockserver"

#: Each room, and the rooms that it may import. Nothing goes up, and nothing goes sideways.
LAYERS: dict[str, tuple[str, ...]] = {
    "errors": (),
    "settings": (),
    "core": ("errors",),
    "schema": ("errors",),
    "resources": ("errors", "core", "schema"),
    "instruments": ("errors", "core", "schema"),
    "contract": ("errors", "core", "schema", "resources"),
    "seeding": ("errors", "core", "schema", "resources"),
    "cast": ("errors", "core", "schema", "resources", "seeding"),
    "theatre": ("core", "cast"),
    "sandbox": (
        *("errors", "core", "schema", "resources", "instruments", "seeding", "cast", "theatre"),
    ),
    "sandboxes": ("errors", "core", "sandbox"),
    "web": (
        "contract",
        *("errors", "settings", "core", "schema", "resources", "instruments", "seeding"),
        *("cast", "sandbox", "sandboxes"),
    ),
    "server": ("errors",),
    "selfcheck": ("web",),
    "reports": (),
    "doctor": ("errors", "core", "schema", "resources", "seeding", "instruments", "reports"),
    "conformance": ("errors", "core", "schema", "resources", "contract", "reports"),
    "client": ("errors", "settings", "web", "server"),
    "certification": ("errors", "core", "client", "web", "server", "reports"),
    "cli": (
        *("errors", "settings", "seeding", "contract", "web", "server", "selfcheck", "client"),
        *("doctor", "conformance", "certification"),
    ),
    "pytest_plugin": ("errors", "client"),
    "": (
        "web",
        "client",
    ),  # the package itself: its names are those of rooms, imported when first used
}

#: Each library that is not ours, and the only places that may import it.
LIBRARIES: dict[str, str | tuple[str, ...]] = {
    "flask": "web/",
    "werkzeug": "web/",
    "jinja2": "web/",
    "qs_codec": "web/",
    "marshmallow": ("schema/", "resources/"),
    "faker": "seeding/",
    "cheroot": "server/",
    "urllib3": ("conformance/", "doctor/", "instruments/webhooks/"),
    "click": "cli/",
    "pytest": "pytest_plugin.py",
    "orjson": "",  # JSON is spoken in several rooms
    "_typeshed": "",  # of the type checker; it is never there at run time
}

#: What gives another answer at each run, and the only places that may ask: a prefix of what is
#: named, and of where. Worlds have a clock and ids of their own.
ACCIDENTS = {
    "time.time": ("core/clock.py",),
    "time.monotonic": ("core/clock.py", "server/"),
    "time.perf_counter": ("core/clock.py", "server/"),
    "time.process_time": (),
    "time.thread_time": (),
    "time.localtime": (),
    "time.gmtime": (),
    "time.ctime": (),
    "time.strftime": (),
    "datetime.datetime.now": (),
    "datetime.datetime.utcnow": (),
    "datetime.datetime.today": (),
    "datetime.date.today": (),
    "random": (),
    "uuid": (),
    "secrets": ("web/app.py",),  # a control token that nobody may guess
    "os.urandom": (),
    "os.getrandom": (),
    "hash": ("core/table.py",),  # decides where an entry lies, never what is seen
}

#: Calls whose result, kept by a module, would be state that all applications share.
HOLDERS = (
    *("list", "dict", "set", "bytearray", "defaultdict", "deque", "Counter", "OrderedDict"),
    *("array", "count", "cycle", "iter", "open", "Lock", "RLock", "Event", "Condition"),
    *("Semaphore", "Queue", "SimpleQueue", "Thread", "local", "ContextVar"),
    *("WeakKeyDictionary", "WeakValueDictionary", "WeakSet"),
)
CACHES = ("functools.cache", "functools.lru_cache")
MUTATORS = (
    *("append", "extend", "insert", "remove", "pop", "popitem", "clear", "sort", "reverse"),
    *("add", "discard", "update", "setdefault", "intersection_update", "difference_update"),
)

VISIBLE = ["README.md", "fixtures", "mockserver", "pyproject.toml", "tests"]
VAGUE = ("utils", "util", "helpers", "helper", "common", "manager", "service", "misc", "base_utils")


@dataclass(frozen=True)
class Import:
    """A name that a module imports: of ours as far as the module, of others as written."""

    name: str
    line: int
    for_types: bool
    level: int


class Module:
    """A file of the package, parsed."""

    def __init__(self, path: Path) -> None:
        self.place = path.relative_to(PACKAGE).as_posix()
        parts = path.relative_to(ROOT).with_suffix("").parts
        self.name = ".".join(part for part in parts if part != "__init__")
        self.tree = ast.parse(path.read_text(encoding="utf-8"), path)

    @property
    def room(self) -> str:
        return room_of(self.name)

    @cached_property
    def imports(self) -> list[Import]:
        """All imports, those within functions too."""
        typed = {
            id(node)
            for block in ast.walk(self.tree)
            if isinstance(block, ast.If) and ast.unparse(block.test) == "TYPE_CHECKING"
            for statement in block.body
            for node in ast.walk(statement)
        }
        found = []
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                names, level = [alias.name for alias in node.names], 0
            elif isinstance(node, ast.ImportFrom):
                names = [f"{node.module or ''}.{alias.name}" for alias in node.names]
                level = node.level
            else:
                continue
            found += [Import(name, node.lineno, id(node) in typed, level) for name in names]
        return found

    @cached_property
    def meanings(self) -> dict[str, str]:
        """What the names that are imported stand for: ``{"now": "datetime.datetime.now"}``."""
        known: dict[str, str] = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    first = alias.name.partition(".")[0]
                    known[alias.asname or first] = alias.name if alias.asname else first
            elif isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    known[alias.asname or alias.name] = f"{node.module}.{alias.name}"
        return known

    def uses(self) -> Iterator[tuple[str, int]]:
        """Every name that is imported or built in, in full, with the line where it is used."""
        for node in ast.walk(self.tree):
            if not isinstance(node, ast.Attribute | ast.Name):
                continue
            first, dot, rest = dotted(node).partition(".")
            if first in self.meanings:
                yield self.meanings[first] + dot + rest, node.lineno
            elif first in dir(builtins):
                yield first + dot + rest, node.lineno
        yield from ((each.name, each.line) for each in self.imports)

    def __repr__(self) -> str:
        return self.place


def dotted(node: ast.expr) -> str:
    """``a.b.c`` of an attribute; empty for one of anything but a name."""
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr}" if before else ""
    return node.id if isinstance(node, ast.Name) else ""


def room_of(name: str) -> str:
    return name.partition(".")[2].partition(".")[0]


def is_below(name: str, prefix: str) -> bool:
    return name == prefix or name.startswith(f"{prefix}.") or name.startswith(f"{prefix}_ns")


MODULES = [Module(path) for path in sorted(PACKAGE.rglob("*.py"))]
BY_NAME = {module.name: module for module in MODULES}
each_module = pytest.mark.parametrize("module", MODULES, ids=repr)


def ours(module: Module) -> Iterator[tuple[str, Import]]:
    """The modules of ours that a module imports."""
    for each in module.imports:
        if is_below(each.name, "mockserver"):
            parent = each.name.rpartition(".")[0]
            yield (each.name if each.name in BY_NAME else parent), each


def told(module: Module, line: int, problem: str) -> str:
    return f"mockserver/{module.place}:{line}: {problem}"


# the layers


def test_every_module_belongs_to_a_room() -> None:
    assert sorted({module.room for module in MODULES} - set(LAYERS)) == []


@each_module
def test_a_room_imports_only_the_rooms_below_it(module: Module) -> None:
    allowed = {*LAYERS[module.room], module.room}
    wrong = [
        told(module, each.line, f"'{module.room}' may not import {name}")
        for name, each in ours(module)
        # The package itself holds the version, which is everybody's.
        if room_of(name) not in allowed and each.name != "mockserver.__version__"
    ]
    assert wrong == []


def test_the_rooms_are_in_layers() -> None:
    order = list(TopologicalSorter(LAYERS).static_order())
    assert sorted(order) == sorted(LAYERS)


def test_no_modules_import_each_other_in_a_circle() -> None:
    """Imports within functions count: they are for start-up cost, never to dodge a circle."""
    graph = {
        module.name: {name for name, each in ours(module) if not each.for_types}
        for module in MODULES
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(reversed(error.args[1])))


@each_module
def test_imports_are_absolute(module: Module) -> None:
    assert [told(module, each.line, "relative") for each in module.imports if each.level] == []


@each_module
def test_a_library_is_imported_in_its_one_place(module: Module) -> None:
    wrong = []
    for each in module.imports:
        library = each.name.partition(".")[0]
        if library == "mockserver" or library in sys.stdlib_module_names:
            continue
        if not module.place.startswith(LIBRARIES.get(library, "nowhere")):
            wrong.append(told(module, each.line, f"{library} is not imported here"))
    assert wrong == []


# the same on every run


@each_module
def test_nothing_is_left_to_time_or_chance(module: Module) -> None:
    wrong = [
        told(module, line, f"{name} differs from run to run")
        for name, line in module.uses()
        for accident, places in ACCIDENTS.items()
        if is_below(name, accident) and not module.place.startswith(places or ("nowhere",))
    ]
    assert wrong == []


# no state but that of an application


def top_level(module: Module) -> Iterator[tuple[str, ast.expr]]:
    """The names that a module assigns, with their values."""
    for node in module.tree.body:
        if isinstance(node, ast.AnnAssign) and node.value and isinstance(node.target, ast.Name):
            yield node.target.id, node.value
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                for name in ast.walk(target):
                    if isinstance(name, ast.Name):
                        yield name.id, node.value


def is_constant(name: str) -> bool:
    return name.isupper() or (name.startswith("__") and name.endswith("__"))


@each_module
def test_a_list_a_dict_or_a_set_of_a_module_is_a_constant(module: Module) -> None:
    displays = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)
    wrong = [
        told(module, value.lineno, f"{name} is mutable, and no CONSTANT")
        for name, value in top_level(module)
        if isinstance(value, displays) and not is_constant(name)
    ]
    assert wrong == []


@each_module
def test_a_module_holds_no_state(module: Module) -> None:
    wrong = [
        told(module, value.lineno, f"{name} would be shared by all applications")
        for name, value in top_level(module)
        if isinstance(value, ast.Call) and dotted(value.func).split(".")[-1] in HOLDERS
    ]
    wrong += [
        told(module, node.lineno, "a global variable")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Global)
    ]
    wrong += [
        told(module, line, f"{name} is state") for name, line in module.uses() if name in CACHES
    ]
    assert wrong == []


def changed_names(node: ast.AST) -> Iterator[ast.expr]:
    """What a node changes in place: ``x`` of ``x[0] = 1``, ``del x[0]``, ``x.append(1)``."""
    match node:
        case ast.Subscript(value=changed, ctx=ast.Store() | ast.Del()):
            yield changed
        case ast.AugAssign(target=changed):
            yield changed
        case ast.Call(func=ast.Attribute(value=changed, attr=name)) if name in MUTATORS:
            yield changed


@each_module
def test_a_constant_stays_as_it_is(module: Module) -> None:
    wrong = [
        told(module, changed.lineno, f"{ast.unparse(changed)} is changed in place")
        for node in ast.walk(module.tree)
        for changed in changed_names(node)
        if is_constant(dotted(changed).split(".")[-1])
    ]
    assert wrong == []


# readable


@each_module
def test_a_module_begins_by_saying_what_it_is(module: Module) -> None:
    assert ast.get_docstring(module.tree)


def test_a_file_is_named_for_the_noun_it_holds() -> None:
    names = [module.name.rpartition(".")[2] for module in MODULES]
    assert [name for name in names if name in VAGUE] == []


def test_the_top_of_the_repository_is_what_was_agreed() -> None:
    lines = (ROOT / ".gitignore").read_text().split()
    ignored = [line.strip("/") for line in lines]
    found = [
        path.name
        for path in sorted(ROOT.iterdir())
        if not path.name.startswith(".") and not any(fnmatch(path.name, one) for one in ignored)
    ]
    assert found == VISIBLE
