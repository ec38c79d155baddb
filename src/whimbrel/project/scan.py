"""
Read a project's source files, without importing any.

Place: `project`, below `discover`. Text and syntax trees only: which modules
may hold models, and which modules each of them imports.
"""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

SKIPPED = frozenset(
    [
        "__pycache__",
        "alembic",
        "build",
        "dist",
        "docs",
        "env",
        "examples",
        "migrations",
        "node_modules",
        "site-packages",
        "test",
        "testing",
        "tests",
        "venv",
        "versions",
    ]
)
"""Folders whose modules are not a project's models."""

SKIPPED_FILES = re.compile(r"^(test_.*|.*_test|conftest|setup|manage|noxfile)\.py$")

MENTIONS = re.compile(
    rb"sqlalchemy|sqlmodel|whimbrel|__tablename__|mapped_column|\bMapped\b|table=True"
)
"""A file without any of these holds no models."""

MAKERS = frozenset(
    [
        "MetaData",
        "Table",
        "registry",
        "declarative_base",
        "automap_base",
        "as_declarative",
        "DeclarativeMeta",
    ]
)
"""Calls that make a place for tables, or a table."""

MARKS = frozenset(
    ["__tablename__", "__table__", "mapped_column", "Mapped", "Column", "relationship"]
)
"""Names in the body of a class that say that it is a model."""

BASES = frozenset(
    [
        "Base",
        "DeclarativeBase",
        "DeclarativeBaseNoMeta",
        "MappedAsDataclass",
        "Model",
        "SQLModel",
    ]
)
"""Base classes that say so."""

URL_VARIABLE = re.compile(
    r"(?:environ\s*(?:\.get\s*\(|\[)|getenv\s*\(|env\s*(?:\.str)?\s*\()\s*"
    r"""["'](\w*(?:DATABASE|DB)_?UR[IL]\w*)["']"""
)
"""How programs read a database's URL from the environment."""


@dataclass(frozen=True, slots=True)
class SourceModule:
    """
    One module of the project.

    Args:
        name: Dotted, as it is imported.

        is_package: The file is an `__init__.py`.

        may_hold_models: Worth importing to look for models.

        gathers: It does nothing but import others.
    """

    name: str
    file: Path
    is_package: bool
    may_hold_models: bool
    gathers: bool = False
    url_variables: tuple[str, ...] = ()

    def root(self) -> Path:
        """Return the folder from which this module is imported by its name."""
        levels = self.name.count(".") + (1 if self.is_package else 0)
        return self.file.parents[levels]


@dataclass(frozen=True, slots=True)
class Sources:
    """All modules below a folder."""

    modules: Mapping[str, SourceModule] = field(default_factory=dict)

    def candidates(self) -> tuple[SourceModule, ...]:
        """Return the modules that may hold models, sorted by name."""
        return tuple(
            module
            for _, module in sorted(self.modules.items())
            if module.may_hold_models
        )

    def gatherers(self) -> tuple[SourceModule, ...]:
        """Return the modules that only import others, the shortest names first."""
        found = [module for module in self.modules.values() if module.gathers]
        return tuple(sorted(found, key=lambda m: (m.name.count("."), m.name)))

    def url_variables(self) -> tuple[str, ...]:
        """Return the environment variables that seem to hold a database's URL."""
        found = {v for m in self.modules.values() for v in m.url_variables}
        return tuple(sorted(found))

    def imported_with(self, name: str) -> frozenset[str]:
        """Return the modules of the project that importing *name* imports."""
        seen: set[str] = set()
        waiting = [name]
        while waiting:
            current = waiting.pop()
            if current in seen or current not in self.modules:
                continue
            seen.add(current)
            waiting += _imports(self.modules[current])
            waiting += _parents(current)
        return frozenset(seen)


def scan(folder: Path) -> Sources:
    """Return the modules below *folder*, and below its `src` as a root of its own."""
    roots = [folder]
    sources = folder / "src"
    if sources.is_dir() and not (sources / "__init__.py").exists():
        roots.insert(0, sources)
    modules: dict[str, SourceModule] = {}
    taken: set[Path] = set()
    for root in roots:
        for file in _python_files(root):
            if file not in taken:
                taken.add(file)
                module = _read(file, root)
                modules.setdefault(module.name, module)
    return Sources(modules)


def _python_files(root: Path) -> Iterator[Path]:
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(
            name
            for name in folders
            if name not in SKIPPED
            and name.isidentifier()
            and not Path(folder, name, "pyvenv.cfg").exists()
        )
        for name in sorted(files):
            if name.endswith(".py") and not SKIPPED_FILES.match(name):
                yield Path(folder, name)


def _read(file: Path, root: Path) -> SourceModule:
    parts = list(file.relative_to(root).with_suffix("").parts)
    is_package = parts[-1] == "__init__"
    if is_package:
        parts.pop()
    try:
        content = file.read_bytes()
    except OSError:
        content = b""
    mentions = MENTIONS.search(content) is not None
    may_hold_models = bool(parts) and mentions and _has_models(file)
    return SourceModule(
        name=".".join(parts),
        file=file,
        is_package=is_package,
        may_hold_models=may_hold_models,
        gathers=not may_hold_models and bool(parts) and _only_imports(file),
        url_variables=tuple(
            URL_VARIABLE.findall(content.decode("utf-8", errors="replace"))
        ),
    )


def _has_models(file: Path) -> bool:
    tree = _parse(file)
    if tree is None:
        # A module that cannot be parsed is worth importing: the error is news.
        return True
    return any(_declares(node) for node in tree.body)


def _only_imports(file: Path) -> bool:
    tree = _parse(file)
    if tree is None or not any(isinstance(n, ast.ImportFrom) for n in tree.body):
        return False
    return all(
        isinstance(node, ast.Import | ast.ImportFrom)
        or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
        or (isinstance(node, ast.Assign) and _last_name(node.targets[0]) == "__all__")
        for node in tree.body
    )


def _declares(node: ast.stmt) -> bool:
    if isinstance(node, ast.ClassDef):
        return _is_model(node)
    if isinstance(node, ast.Assign | ast.AnnAssign | ast.Expr):
        value = node.value
        return isinstance(value, ast.Call) and _last_name(value.func) in MAKERS
    if isinstance(node, ast.If | ast.Try):
        return any(_declares(inner) for inner in node.body)
    return False


def _is_model(node: ast.ClassDef) -> bool:
    if any(_last_name(base) in BASES for base in node.bases):
        return True
    if any(keyword.arg == "table" for keyword in node.keywords):
        return True
    return any(
        isinstance(inner, ast.Name | ast.Attribute) and _last_name(inner) in MARKS
        for inner in ast.walk(node)
    )


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _parse(file: Path) -> ast.Module | None:
    try:
        return ast.parse(file.read_bytes())
    except (SyntaxError, ValueError, OSError):
        return None


@cache
def _imports(module: SourceModule) -> tuple[str, ...]:
    tree = _parse(module.file)
    nodes = () if tree is None else ast.walk(tree)
    return tuple(name for node in nodes for name in _named_modules(node, module))


def _named_modules(node: ast.AST, module: SourceModule) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        start = _import_start(node, module)
        yield start
        # What is imported from a package may be a module of it.
        yield from (f"{start}.{alias.name}".lstrip(".") for alias in node.names)


def _import_start(node: ast.ImportFrom, module: SourceModule) -> str:
    if not node.level:
        return node.module or ""
    parts = module.name.split(".")
    keep = len(parts) - node.level + (1 if module.is_package else 0)
    return ".".join([*parts[: max(keep, 0)], *([node.module] if node.module else [])])


def _parents(name: str) -> list[str]:
    parts = name.split(".")
    return [".".join(parts[:count]) for count in range(1, len(parts))]
